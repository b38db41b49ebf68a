import { MersenneTwister } from '../../shared/mersenne-twister.ts';
import type { Warning } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { listEntries } from '../store/images.ts';

type Labelled = { label: number };

/** Images a class drawn for validation at most, whatever the number of shots. */
const MOST_VAL_SHOTS = 4;

/**
 * Draws `shots` images a class as the published code does after `random.seed(seed)`: classes in
 * the order of their first appearance, all of a class that has fewer, then at most four a class
 * of `val` from the same stream. What is drawn comes in the order drawn.
 */
export function sampleFewShot<T extends Labelled>(
  train: readonly T[],
  val: readonly T[],
  shots: number,
  seed: number,
): { train: T[]; val: T[] } {
  const stream = new MersenneTwister(seed);
  return {
    train: samplePerClass(train, shots, stream),
    val: samplePerClass(val, Math.min(shots, MOST_VAL_SHOTS), stream),
  };
}

function samplePerClass<T extends Labelled>(
  entries: readonly T[],
  shots: number,
  stream: MersenneTwister,
): T[] {
  const classes = Map.groupBy(entries, ({ label }) => label);
  return [...classes.values()].flatMap((items) =>
    items.length >= shots ? stream.sample(items, shots) : items,
  );
}

export type FewShotSample = {
  shots: number;
  seed: number;
  /** Ids of the training images in the order drawn. */
  images: string[];
  val: string[];
  /** Images really drawn, by label. */
  classCounts: number[];
  warnings: Warning[];
};

/** The few-shot images of a stored dataset. */
export function fewShot(
  db: Database,
  dataset: DatasetRow,
  shots: number,
  seed: number,
): FewShotSample {
  const listed = (split: 'train' | 'val') => eachOnce(listEntries(db, dataset.id, split));
  const drawn = sampleFewShot(listed('train'), listed('val'), shots, seed);
  const classCounts = dataset.classNames.map(() => 0);
  for (const { label } of drawn.train) classCounts[label] = (classCounts[label] ?? 0) + 1;
  return {
    shots,
    seed,
    images: drawn.train.map(({ path }) => path),
    val: drawn.val.map(({ path }) => path),
    classCounts,
    warnings: shortClassWarnings(dataset, classCounts, shots),
  };
}

/** A file that a list has twice is one image: drawn twice it would be fewer shots than are claimed. */
function eachOnce<T extends { path: string }>(entries: readonly T[]): T[] {
  const known = new Set<string>();
  return entries.filter(({ path }) => !known.has(path) && known.add(path));
}

function shortClassWarnings(
  dataset: DatasetRow,
  classCounts: readonly number[],
  shots: number,
): Warning[] {
  // By label, since two classes may have one name.
  const short = dataset.classNames
    .map((name, label) => ({ name, count: classCounts[label] ?? 0 }))
    .filter(({ count }) => count < shots);
  if (short.length === 0) return [];
  const some = short.slice(0, 5).map(({ name, count }) => `${name}: ${count} of ${shots}`);
  const more = short.length > 5 ? ', ...' : '';
  return [
    {
      code: 'short-classes',
      message: say('warning.short-classes', {
        ...{ n: short.length, classes: dataset.classNames.length, dataset: dataset.name, shots },
        some: `${some.join(', ')}${more}`,
      }),
    },
  ];
}
