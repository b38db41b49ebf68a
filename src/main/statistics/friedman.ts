import { rank } from './ranks.ts';
import { upperGamma } from './special-functions.ts';
import { studentizedRangeQuantile, studentizedRangeUpper } from './studentized-range.ts';

export type Friedman = {
  datasets: number;
  methods: number;
  /** Chi-square, corrected for ties. */
  statistic: number;
  degrees: number;
  p: number;
  /** Average rank of each method over the datasets; 1 is the best. */
  ranks: number[];
  /** Nemenyi: average ranks that differ by less are not told apart. */
  criticalDifference: number;
  /** Nemenyi's p of each pair of methods; 1 on the diagonal. */
  pairwise: number[][];
};

/**
 * Friedman's test (1937) of several methods over datasets, and Nemenyi's comparison of every pair
 * after it (Demsar 2006).
 * @param accuracies one row a dataset, one column a method; higher is better
 * Throws RangeError for fewer than two datasets or three methods, and for rows of unequal length.
 */
export function friedman(accuracies: readonly (readonly number[])[], alpha = 0.05): Friedman {
  const n = accuracies.length;
  const k = accuracies[0]?.length ?? 0;
  if (n < 2 || k < 3 || accuracies.some((row) => row.length !== k)) {
    throw new RangeError(`two datasets and three methods wanted in equal rows, got ${n} and ${k}`);
  }
  const ranked = accuracies.map((row) => rank(row.map((accuracy) => -accuracy)));
  const ranks = Array.from({ length: k }, (_, method) =>
    ranked.reduce((sum, row) => sum + (row.ranks[method] as number) / n, 0),
  );
  const tied = ranked
    .flatMap(({ tieSizes }) => tieSizes)
    .reduce((sum, size) => sum + size ** 3 - size, 0);
  const statistic = chiSquare(ranks, n, tied);
  const unit = Math.sqrt((k * (k + 1)) / (6 * n));
  return {
    datasets: n,
    methods: k,
    statistic,
    degrees: k - 1,
    p: upperGamma((k - 1) / 2, statistic / 2),
    ranks,
    criticalDifference: (studentizedRangeQuantile(1 - alpha, k) / Math.SQRT2) * unit,
    pairwise: ranks.map((one) =>
      ranks.map((other) => studentizedRangeUpper((Math.abs(one - other) / unit) * Math.SQRT2, k)),
    ),
  };
}

function chiSquare(ranks: readonly number[], n: number, tied: number): number {
  const k = ranks.length;
  const untied = 1 - tied / (n * k * (k * k - 1));
  // Every dataset ranks every method alike: nothing differs.
  if (untied <= 0) return 0;
  const spread = ranks.reduce((sum, average) => sum + (average - (k + 1) / 2) ** 2, 0);
  return ((12 * n) / (k * (k + 1))) * (spread / untied);
}
