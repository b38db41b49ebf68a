import { MersenneTwister } from '../../shared/mersenne-twister.ts';
import type { MadeSplit } from '../store/datasets.ts';
import { emptyLists, type Split } from './split.ts';

/** As CoOp divides datasets that come without a split: 50, 20 and 30 percent of each class. */
export const DEFAULT_SPLIT: MadeSplit = { seed: 1, ratio: [50, 20, 30] };

/**
 * Divides each class's pictures, shuffled by a stream of the seed, over the three lists. Classes go in
 * label order and pictures in the order given, so the same folder and seed make the same split.
 */
export function makeSplit(
  classes: readonly (readonly string[])[],
  { seed, ratio }: MadeSplit,
): Split['lists'] {
  const stream = new MersenneTwister(seed);
  const lists = emptyLists();
  for (const [label, paths] of classes.entries()) {
    const shuffled = stream.sample(paths, paths.length).map((path) => ({ path, label }));
    const { train, val } = partSizes(paths.length, ratio);
    lists.train.push(...shuffled.slice(0, train));
    lists.val.push(...shuffled.slice(train, train + val));
    lists.test.push(...shuffled.slice(train + val));
  }
  return lists;
}

/** The last 20 % of each class of `train`, shuffled, become `val` (CoOp, where a test list exists). */
export function splitOffVal(
  train: readonly { path: string; label: number }[],
  seed: number,
): Pick<Split['lists'], 'train' | 'val'> {
  const stream = new MersenneTwister(seed);
  const lists: Pick<Split['lists'], 'train' | 'val'> = { train: [], val: [] };
  for (const items of Map.groupBy(train, ({ label }) => label).values()) {
    const shuffled = stream.sample(items, items.length);
    const val = roundHalfEven(0.2 * items.length);
    lists.val.push(...shuffled.slice(0, val));
    lists.train.push(...shuffled.slice(val));
  }
  return lists;
}

/**
 * Sizes of train and val for n pictures; the rest is test. Rounded as in CoOp, but a class gives train
 * a picture before any other list, and then test one before val.
 */
function partSizes(n: number, ratio: MadeSplit['ratio']): { train: number; val: number } {
  const whole = ratio[0] + ratio[1] + ratio[2];
  const least = ratio[0] > 0 ? 1 : 0;
  const train = Math.min(n, Math.max(least, roundHalfEven((n * ratio[0]) / whole)));
  const rest = n - train;
  const leastTest = ratio[2] > 0 ? 1 : 0;
  const val = Math.max(0, Math.min(roundHalfEven((n * ratio[1]) / whole), rest - leastTest));
  return { train, val: ratio[2] === 0 ? rest : val };
}

/** Python's `round`. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
