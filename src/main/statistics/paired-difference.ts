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

/**
 * The same where each image has a mean difference over several seeds, -1 to 1: one image at +1 and one
 * at -1 are added. With one seed it is `bonettPrice`.
 */
export function bonettPriceOfMeans(differences: readonly number[], level = CONFIDENCE): Interval {
  if (differences.length === 0) throw new RangeError('no interval for no images');
  const n = differences.length + 2;
  const centre = differences.reduce((sum, d) => sum + d, 0) / n;
  const squares = differences.reduce((sum, d) => sum + d * d, 2) / n;
  const half = normalQuantile((1 + level) / 2) * Math.sqrt((squares - centre ** 2) / n);
  return [Math.max(-1, centre - half), Math.min(1, centre + half)];
}
