import { normalQuantile } from './quantiles.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

/**
 * Interval of the difference b - a of two paired proportions: the adjusted Wald interval of
 * Bonett and Price (2012), which adds one to each discordant count.
 */
export function bonettPrice(
  counts: { aOnly: number; bOnly: number; n: number },
  level = CONFIDENCE,
): Interval {
  if (!(counts.n >= 1 && counts.aOnly + counts.bOnly <= counts.n)) {
    throw new RangeError(`no interval for ${JSON.stringify(counts)}`);
  }
  const n = counts.n + 2;
  const a = (counts.aOnly + 1) / n;
  const b = (counts.bOnly + 1) / n;
  const half = normalQuantile((1 + level) / 2) * Math.sqrt((a + b - (b - a) ** 2) / n);
  return [Math.max(-1, b - a - half), Math.min(1, b - a + half)];
}
