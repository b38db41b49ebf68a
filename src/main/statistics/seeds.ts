import { studentQuantile } from './quantiles.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

/** Throws RangeError for no values. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the mean of no values');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation with n - 1 below; null for fewer than two values. */
export function sampleStd(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Student's interval of the mean; null for fewer than two values. */
export function tInterval(values: readonly number[], level = CONFIDENCE): Interval | null {
  const std = sampleStd(values);
  if (std === null) return null;
  const quantile = studentQuantile((1 + level) / 2, values.length - 1);
  const half = (quantile * std) / Math.sqrt(values.length);
  const centre = mean(values);
  return [centre - half, centre + half];
}

/** Values of several seeds in one row; `std` and `ci` are null for a single seed. */
export function summarizeSeeds(values: readonly number[]): {
  n: number;
  mean: number;
  std: number | null;
  ci: Interval | null;
} {
  return {
    n: values.length,
    mean: mean(values),
    std: sampleStd(values),
    ci: tInterval(values),
  };
}
