import { normalUpper } from './quantiles.ts';

/** The normal density is below 1e-18 outside. */
const EDGE = 9;
/** The trapezoid rule on a smooth function that vanishes at both ends: exact to 1e-14 at this step. */
const STEP = 1 / 16;

/**
 * P(Q > q) of the studentized range of `groups` independent normal values with known variance
 * (infinite degrees of freedom): P(Q <= q) = k integral of phi(z) (Phi(z) - Phi(z - q))^(k-1) dz.
 */
export function studentizedRangeUpper(q: number, groups: number): number {
  if (!(Number.isInteger(groups) && groups >= 2)) {
    throw new RangeError(`a range wants two groups or more, got ${groups}`);
  }
  if (!(q > 0)) return 1;
  let sum = 0;
  for (let z = -EDGE; z <= EDGE; z += STEP) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const below = normalUpper(-z);
    const within = below - normalUpper(q - z);
    // The first power integrates to 1 / k, so this is the tail itself and no difference from 1.
    sum += density * (below ** (groups - 1) - within ** (groups - 1));
  }
  return Math.min(1, Math.max(0, groups * sum * STEP));
}

/** q with P(Q <= q) = p, 0 < p < 1, by bisection to 1e-12. */
export function studentizedRangeQuantile(p: number, groups: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1 wanted, got ${p}`);
  let low = 0;
  let high = 1;
  while (studentizedRangeUpper(high, groups) > 1 - p) high *= 2;
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (studentizedRangeUpper(middle, groups) > 1 - p) low = middle;
    else high = middle;
  }
  return high;
}
