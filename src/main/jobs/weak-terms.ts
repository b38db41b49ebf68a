/** Below this share of the gradient norm a term hardly steers the tuning. */
export const WEAK_SHARE = 0.001;

/**
 * The terms whose share of the gradient norm stayed under 0.1 % in every epoch.
 * @param shares by term, one value an epoch
 */
export function weakTerms(shares: ReadonlyMap<string, readonly number[]>): string[] {
  return [...shares]
    .filter(([, values]) => values.length > 0 && values.every((value) => value < WEAK_SHARE))
    .map(([term]) => term);
}
