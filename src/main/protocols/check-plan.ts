import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { ClassSet } from '../../shared/run-config.ts';
import { say } from '../../shared/sentence.ts';
import { chooseClasses } from '../datasets/class-set.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { labelsIn } from '../store/images.ts';
import type { Cell, Plan } from './plan.ts';

type Datasets = Map<string, DatasetRow>;

/**
 * Refuses, before anything is stored or computed, what no run of the plan could answer.
 * @throws FaptError `classes-fixed`, `classes-too-few`, `nothing-to-train`, `nothing-to-evaluate`
 */
export function checkPlan(db: Database, { cells }: Plan, datasets: Datasets): void {
  for (const cell of cells) refuseFixedClasses(cell);
  const tuned = cells.filter(({ config }) => METHODS[config.method].tuned);
  for (const { dataset, classes } of distinct(tuned.map(({ config }) => config))) {
    refuseEmpty(db, datasets.get(dataset) as DatasetRow, classes, 'train');
  }
  for (const { dataset, classes } of distinct(cells.flatMap(({ tests }) => tests))) {
    refuseEmpty(db, datasets.get(dataset) as DatasetRow, classes, 'test');
  }
}

/** Each dataset and class set once. */
export function distinct<T extends { dataset: string; classes: ClassSet }>(entries: T[]): T[] {
  const found = new Map(entries.map((entry) => [`${entry.classes} ${entry.dataset}`, entry]));
  return [...found.values()];
}

function refuseFixedClasses({ title, config, tests }: Cell): void {
  const { method, prompts, dataset, classes } = config;
  if (!prompts.classSpecific || !METHODS[method].tuned) return;
  const isOwn = (test: (typeof tests)[number]) =>
    test.dataset === dataset && test.classes === classes;
  if (tests.every(isOwn)) return;
  throw new FaptError(
    'classes-fixed',
    `${title} learns a context for each class of its own, which cannot move to other classes: leave out prompts.classSpecific=true.`,
  );
}

function refuseEmpty(
  db: Database,
  dataset: DatasetRow,
  classes: ClassSet,
  split: 'train' | 'test',
): void {
  const chosen = chooseClasses(db, dataset, classes);
  if (labelsIn(db, dataset.id, split).some((label) => chosen.labels.includes(label))) return;
  const [what, code] =
    split === 'train' ? ['training', 'nothing-to-train'] : ['test', 'nothing-to-evaluate'];
  const where = classes === 'all' ? '' : ` of its ${classes} classes`;
  throw new FaptError(
    code,
    `Dataset "${dataset.name}" has no ${what} image${where}: add one whose split has a ${split} list.`,
  );
}

/** What must be said beside the numbers of a plan. */
export function cautionsOf(db: Database, plan: Plan, datasets: Datasets, demo: boolean): string[] {
  const cautions: string[] = [];
  if (demo) {
    cautions.push(say('caution.demo'));
  }
  const clustered = [...datasets.values()].filter((dataset) => dataset.clustered);
  if (clustered.length > 0) {
    const names = clustered.map(({ name }) => name).join(', ');
    cautions.push(say('caution.clusters', { datasets: names }));
  }
  for (const { dataset, classes } of distinct(plan.cells.flatMap(({ tests }) => tests))) {
    const { labels } = chooseClasses(db, datasets.get(dataset) as DatasetRow, classes);
    if (labels.length > 1) continue;
    cautions.push(
      classes === 'all'
        ? say('caution.one-class', { dataset })
        : say('caution.one-class.half', { dataset, classes }),
    );
  }
  return cautions;
}
