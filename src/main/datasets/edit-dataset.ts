import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from '../store/database.ts';
import { recordChange } from '../store/dataset-changes.ts';
import {
  copyDataset,
  countUses,
  type DatasetRow,
  getDataset,
  updateDataset,
} from '../store/datasets.ts';
import { iterateImages } from '../store/images.ts';
import { checkClasses, seenName } from './check-classes.ts';
import type { ProblemKind } from './problems.ts';
import { splitHash } from './split-hash.ts';
import { refuseTemplate } from './templates.ts';

export type DatasetEdit = {
  template?: string | undefined;
  /** New names by old ones; a name that several classes have is given as its label, `#3`. */
  rename?: ReadonlyMap<string, string> | undefined;
  /**
   * Name of a copy that is changed in the dataset's place: needed where runs are about the dataset,
   * since class names and template are part of what they were trained on.
   */
  as?: string | undefined;
};

/** Problems that are about classes and are looked for anew after an edit. */
export const CLASS_PROBLEMS: ReadonlySet<string> = new Set<ProblemKind>([
  'equal-class-names',
  'empty-class',
  'no-training-images',
  'one-class',
  'number-names',
]);

/**
 * Gives a dataset another template or other class names, and records what was before. A new name is a
 * new split hash; a new template is not, since the lists stay the same. Throws `template-shape`,
 * `class-unknown`, `class-name-empty`, `dataset-in-use`, `dataset-exists`, `nothing-to-change`.
 */
export function editDataset(db: Database, dataset: DatasetRow, edit: DatasetEdit): DatasetRow {
  const template = edit.template ?? dataset.template;
  refuseTemplate(template, 'you gave');
  const classNames = renamed(dataset, edit.rename ?? new Map());
  const renames = classNames.flatMap((name, label) => {
    const before = dataset.classNames[label] as string;
    return before === name ? [] : [{ label, before, after: name }];
  });
  if (template === dataset.template && renames.length === 0) {
    throw new FaptError(
      'nothing-to-change',
      `Dataset "${dataset.name}" has these names and this template already.`,
    );
  }
  return changeDataset(db, dataset, edit.as, (target) => {
    const hash = splitHash(classNames, iterateImages(db, target.id), target.splitHashOf);
    const problems = [
      ...target.problems.filter(({ kind }) => !CLASS_PROBLEMS.has(kind)),
      ...checkClasses(classNames, iterateImages(db, target.id), target.name),
    ];
    updateDataset(db, target, { template, classNames, splitHash: hash, problems });
    const said = [
      ...(template === dataset.template ? [] : [say('edit.template', { template })]),
      ...(renames.length === 0 ? [] : [say('edit.classes', { n: renames.length })]),
    ].join(', ');
    recordChange(db, target.id, {
      kind: 'edit',
      message: say('change.edited', { edits: said }),
      detail: { template: { before: dataset.template, after: template }, renames },
      hashBefore: dataset.splitHash,
      hashAfter: hash,
    });
  });
}

/**
 * Runs a change on the dataset itself, or on a copy named `as`, in one transaction, and answers what
 * was changed. Throws `dataset-in-use` where runs or evaluations are about the dataset and no name for
 * a copy is given, `dataset-exists`.
 */
export function changeDataset(
  db: Database,
  dataset: DatasetRow,
  as: string | undefined,
  change: (target: DatasetRow) => void,
): DatasetRow {
  const uses = countUses(db, dataset.id);
  if (as === undefined && uses > 0) {
    throw new FaptError(
      'dataset-in-use',
      `${uses} runs and evaluations are about dataset "${dataset.name}" as it is: give the changed one a name of its own (--as NAME on the command line).`,
    );
  }
  return db
    .transaction(() => {
      const target = as === undefined ? dataset : copyDataset(db, dataset, as);
      if (as !== undefined) {
        recordChange(db, target.id, {
          kind: 'copy',
          message: say('change.copied', { dataset: dataset.name }),
          detail: { dataset: dataset.id, name: dataset.name },
          hashBefore: dataset.splitHash,
          hashAfter: dataset.splitHash,
        });
      }
      change(target);
      return getDataset(db, target.id);
    })
    .immediate();
}

function renamed(dataset: DatasetRow, rename: ReadonlyMap<string, string>): string[] {
  const names = [...dataset.classNames];
  for (const [before, after] of rename) {
    if (seenName(after) === '') {
      throw new FaptError('class-name-empty', `The new name of class "${before}" is empty.`);
    }
    names[labelOf(dataset, before)] = after.trim();
  }
  return names;
}

/** The label of a class by its name, or by its number as `#3`. */
function labelOf({ name, classNames }: DatasetRow, wanted: string): number {
  const number = /^#(\d+)$/.exec(wanted)?.[1];
  if (number !== undefined && Number(number) < classNames.length) return Number(number);
  const labels = [...classNames.keys()].filter((label) => classNames[label] === wanted);
  const [label] = labels;
  if (label === undefined) {
    throw new FaptError('class-unknown', `Dataset "${name}" has no class named "${wanted}".`);
  }
  if (labels.length === 1) return label;
  const numbers = labels.map((one) => `#${one}`).join(', ');
  throw new FaptError(
    'class-unknown',
    `Dataset "${name}" has ${labels.length} classes named "${wanted}": say which by its number (${numbers}).`,
  );
}
