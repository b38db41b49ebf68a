/** Sizes around the attack's own, in its unit, for a first sweep. */
const SHARES = [0, 0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 4];

export function defaultSizes(epsilon: number): string {
  return SHARES.map((share) => Number((share * epsilon).toPrecision(4))).join(', ');
}

/** Numbers of a list that a person wrote; null where one is none, or there are none or too many. */
export function parseSizes(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const sizes = parts.map(Number);
  const isGood = sizes.every((size) => Number.isFinite(size) && size >= 0);
  return isGood && sizes.length > 0 && sizes.length <= 50 ? sizes : null;
}
