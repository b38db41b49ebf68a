import { normalUpper } from './quantiles.ts';
import { isZero, rank } from './ranks.ts';

export type Wilcoxon = {
  /** Differences that are not zero: only they are ranked. */
  n: number;
  zeros: number;
  /** Whether absolute differences are equal. */
  ties: boolean;
  /** The smaller of the two sums of ranks. */
  statistic: number;
  /** Two-sided. */
  p: number;
  /** The distribution behind p: counted through, or the normal approximation with ties corrected. */
  method: 'exact' | 'normal';
};

/** As SciPy chooses: so many differences without ties and zeros, or with them, are counted through. */
const MOST_EXACT = 50;
const MOST_EXACT_TIED = 13;

/**
 * Wilcoxon's signed-rank test (1945) of paired differences against a centre of zero; zeros are
 * dropped, equal ones share their ranks. With no difference but zero p is 1.
 */
export function wilcoxonSignedRank(differences: readonly number[]): Wilcoxon {
  const kept = differences.filter((difference) => !isZero(difference));
  const { ranks, tieSizes } = rank(kept.map(Math.abs));
  const total = (kept.length * (kept.length + 1)) / 2;
  const plus = ranks.reduce((sum, r, i) => sum + ((kept[i] as number) > 0 ? r : 0), 0);
  const statistic = Math.min(plus, total - plus);
  const zeros = differences.length - kept.length;
  const isClean = zeros === 0 && tieSizes.length === 0;
  const most = isClean ? MOST_EXACT : MOST_EXACT_TIED;
  const isExact = differences.length <= most || kept.length === 0;
  const p = isExact ? exactP(ranks, statistic) : normalP(kept.length, tieSizes, statistic);
  const method = isExact ? 'exact' : 'normal';
  return { n: kept.length, zeros, ties: tieSizes.length > 0, statistic, p, method };
}

/** Every sign is as likely: the share of the 2^n ways whose sum is at most this, twice. */
function exactP(ranks: readonly number[], statistic: number): number {
  // Shared ranks are halves, so twice the sum is counted.
  const doubled = ranks.map((r) => 2 * r);
  const ways = new Float64Array(doubled.reduce((sum, r) => sum + r, 0) + 1);
  ways[0] = 1;
  let reach = 0;
  for (const step of doubled) {
    reach += step;
    for (let sum = reach; sum >= step; sum -= 1) {
      ways[sum] = (ways[sum] as number) + (ways[sum - step] as number);
    }
  }
  const below = ways.subarray(0, 2 * statistic + 1).reduce((sum, way) => sum + way, 0);
  return Math.min(1, (2 * below) / 2 ** ranks.length);
}

/** Without correction for continuity, as SciPy's default. */
function normalP(n: number, tieSizes: readonly number[], statistic: number): number {
  const tied = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - tied / 2) / 24);
  return Math.min(1, 2 * normalUpper(((n * (n + 1)) / 4 - statistic) / deviation));
}
