import { regularizedBeta, upperGamma } from './special-functions.ts';

/** z with P(Z <= z) = p for a standard normal Z, 0 < p < 1. */
export function normalQuantile(p: number): number {
  return symmetricQuantile(p, normalUpper);
}

/** P(Z > z) for a standard normal Z. */
export function normalUpper(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}

/** t with P(T <= t) = p for Student's t with `degrees` degrees of freedom, 0 < p < 1. */
export function studentQuantile(p: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`degrees of freedom must be positive, got ${degrees}`);
  return symmetricQuantile(
    p,
    (t) => regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2,
  );
}

/** Inverts the upper tail of a distribution that is symmetric about 0, by bisection. */
function symmetricQuantile(p: number, upperTail: (x: number) => number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a probability between 0 and 1 wanted, got ${p}`);
  if (p < 0.5) return -symmetricQuantile(1 - p, upperTail);
  if (p === 0.5) return 0;
  let high = 1;
  while (upperTail(high) > 1 - p) high *= 2;
  let low = 0;
  // Halving ends where no double lies between the two.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (upperTail(middle) > 1 - p) low = middle;
    else high = middle;
  }
}
