import { smallestDetectable } from './detectable.ts';
import { type McNemar, mcnemarExact } from './mcnemar.ts';
import { bonettPrice } from './paired-difference.ts';
import type { Interval } from './wilson.ts';

/** Whether each side was right about one image. */
export type Pair = { id: string; a: boolean; b: boolean };

export type PairedResult = {
  n: number;
  /** Accuracies, and b - a. */
  a: number;
  b: number;
  delta: number;
  /** Of the difference, 95 %, Bonett-Price. */
  ci: Interval;
  mcnemar: McNemar;
  /** Smallest true difference this test set would show; null where it can show none. */
  detectable: number | null;
};

/** Two runs image by image, each image for itself. `pairs` must hold at least one. */
export function pairedResult(pairs: readonly Pair[]): PairedResult {
  const n = pairs.length;
  const count = (test: (pair: Pair) => boolean): number => pairs.filter(test).length;
  const aRight = count(({ a }) => a);
  const bRight = count(({ b }) => b);
  const aOnly = count(({ a, b }) => a && !b);
  const bOnly = count(({ a, b }) => b && !a);
  return {
    n,
    a: aRight / n,
    b: bRight / n,
    delta: (bOnly - aOnly) / n,
    ci: bonettPrice({ aOnly, bOnly, n }),
    mcnemar: mcnemarExact(aOnly, bOnly),
    detectable: smallestDetectable({ n, discordance: (aOnly + bOnly) / n }),
  };
}
