import { normalQuantile } from './quantiles.ts';

/** [low, high] */
export type Interval = [low: number, high: number];

export const CONFIDENCE = 0.95;

/** Wilson's score interval of a proportion (1927). Throws RangeError unless 0 <= successes <= n, n >= 1. */
export function wilsonInterval(successes: number, n: number, level = CONFIDENCE): Interval {
  if (!(n >= 1 && successes >= 0 && successes <= n)) {
    throw new RangeError(`no interval for ${successes} of ${n}`);
  }
  const z = normalQuantile((1 + level) / 2);
  const p = successes / n;
  const scale = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  // At the ends the interval closes exactly; rounding would leave 1e-17 beside it.
  return [successes === 0 ? 0 : centre - half, successes === n ? 1 : centre + half];
}
