import { logChoose } from './special-functions.ts';

export type McNemar = {
  /** Pairs where only a is right, and where only b is. */
  aOnly: number;
  bOnly: number;
  /** Two-sided exact conditional (binomial) p. */
  p: number;
  /** Two-sided mid-p: less conservative (Fagerland, Lydersen and Laake 2013). */
  midP: number;
};

/** McNemar's exact test; p is 1 where no pair is discordant. */
export function mcnemarExact(aOnly: number, bOnly: number): McNemar {
  const n = aOnly + bOnly;
  if (n === 0) return { aOnly, bOnly, p: 1, midP: 1 };
  const k = Math.min(aOnly, bOnly);
  const observed = Math.exp(logChoose(n, k) - n * Math.LN2);
  // Both tails together are then everything, which a sum of doubles misses by 1e-14.
  if (aOnly === bOnly) return { aOnly, bOnly, p: 1, midP: 1 - observed / 2 };
  if (Math.abs(aOnly - bOnly) === 1) return { aOnly, bOnly, p: 1, midP: 1 - observed };
  const p = Math.min(1, 2 * lowerTail(n, k, observed));
  return { aOnly, bOnly, p, midP: p - observed };
}

/** P(X <= k) for X ~ Binomial(n, 1/2), from its largest term downwards. */
function lowerTail(n: number, k: number, observed: number): number {
  let term = observed;
  let sum = observed;
  for (let i = k; i > 0 && term > sum * 1e-17; i -= 1) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return sum;
}
