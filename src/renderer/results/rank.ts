export type Rank = 'best' | 'second' | null;

/** Who is best and who second among the values of a column; equal values share a place. */
export function ranksOf(values: readonly (number | null)[]): Rank[] {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return values.map(() => null);
  const best = Math.max(...known);
  const second = Math.max(...known.filter((value) => value < best));
  return values.map((value) => {
    if (value === null) return null;
    if (value === best) return 'best';
    return value === second ? 'second' : null;
  });
}
