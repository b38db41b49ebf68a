import type { Outcome } from '../../../shared/results.ts';
import type { RunPair } from '../../statistics/paired-groups.ts';
import type { PairImages } from './compared-images.ts';

/** Which images each run of a pair has right, without attack and under it. */
export const rightWhenClean = (pair: PairImages) =>
  rightBy(pair, ({ clean, label }) => clean === label);
export const rightUnderAttack = (pair: PairImages) =>
  rightBy(pair, ({ adversarial, label }) => adversarial === label);

function rightBy({ pair, images }: PairImages, right: (outcome: Outcome) => boolean): RunPair {
  return {
    seed: pair.seed,
    a: pair.a.id,
    b: pair.b.id,
    images: images.map(({ id, a, b }) => ({ id, a: right(a), b: right(b) })),
  };
}
