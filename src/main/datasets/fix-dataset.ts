import type { RemedyName } from '../../shared/dataset-care.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from '../store/database.ts';
import { recordChange } from '../store/dataset-changes.ts';
import { type DatasetRow, updateDataset } from '../store/datasets.ts';
import { changeLists, iterateImages } from '../store/images.ts';
import { checkClasses } from './check-classes.ts';
import { concludeCheck } from './check-dataset.ts';
import { CLASS_PROBLEMS, changeDataset } from './edit-dataset.ts';
import { type ListChange, REMEDIES } from './remedies.ts';
import { splitHash } from './split-hash.ts';

/** Paths named in the record of a remedy; the count is always there. */
const MOST_PATHS = 1000;

/**
 * Does away with a kind of problem by changing the lists, records what went, and looks the dataset
 * through again. Files stay untouched. Throws `nothing-to-change`, `dataset-in-use` (give `as`),
 * `dataset-exists`, `nothing-left`.
 */
export async function fixDataset(
  db: Database,
  dataset: DatasetRow,
  options: { remedy: RemedyName; as?: string | undefined; signal?: AbortSignal | undefined },
): Promise<DatasetRow> {
  const { remedy, as, signal } = options;
  const change = REMEDIES[remedy].plan(db, dataset);
  const dropped = change.labels.filter((label, old) => label !== old).length;
  if (change.removed.length === 0 && dropped === 0) {
    throw new FaptError(
      'nothing-to-change',
      `Dataset "${dataset.name}" has nothing for the remedy ${remedy}, which ${REMEDIES[remedy].does}.`,
    );
  }
  const classNames = keptNames(dataset, change);
  refuseEmpty(dataset, classNames, change);
  const fixed = changeDataset(db, dataset, as, (target) => {
    const gone = changeLists(db, target.id, change);
    const hash = splitHash(classNames, iterateImages(db, target.id), target.splitHashOf);
    const problems = [
      ...target.problems.filter(({ kind }) => !CLASS_PROBLEMS.has(kind)),
      ...checkClasses(classNames, iterateImages(db, target.id), target.name),
    ];
    updateDataset(db, target, { classNames, splitHash: hash, problems });
    recordChange(db, target.id, {
      kind: remedy,
      message: say('change.fixed', {
        ...{ remedy, does: REMEDIES[remedy].does },
        losses: describeLoss(gone, dataset.classNames.length - classNames.length),
      }),
      detail: describeChange(dataset, change, gone),
      hashBefore: dataset.splitHash,
      hashAfter: hash,
    });
  });
  return concludeCheck(db, fixed, signal);
}

function describeLoss(entries: number, classes: number): string {
  const taken = entries === 1 ? say('loss.entry') : say('loss.entries', { n: entries });
  if (classes === 0) return taken;
  const fewer = classes === 1 ? say('loss.class') : say('loss.classes', { n: classes });
  return `${taken}, ${fewer}`;
}

function keptNames({ classNames }: DatasetRow, { labels }: ListChange): string[] {
  const kept: string[] = [];
  for (const [old, label] of labels.entries()) {
    if (label !== null) kept[label] ??= classNames[old] as string;
  }
  return kept;
}

function refuseEmpty({ name, counts }: DatasetRow, classNames: string[], change: ListChange): void {
  const removed = change.removed.filter(({ split }) => split === 'train').length;
  if (classNames.length > 0 && (removed === 0 || removed < counts.train)) return;
  throw new FaptError(
    'nothing-left',
    `The remedy would leave dataset "${name}" without any training image: look at its lists first.`,
  );
}

function describeChange(dataset: DatasetRow, { removed, labels }: ListChange, gone: number) {
  return {
    entries: gone,
    removed: removed.slice(0, MOST_PATHS).map(({ split, path }) => ({ split, path })),
    classes: labels.flatMap((label, old) =>
      label === old ? [] : [{ before: old, after: label, name: dataset.classNames[old] }],
    ),
  };
}
