export type RankedMethod = { name: string; rank: number };
/** Methods of which none is told apart from another: first and last in the order of ranks. */
type Clique = { from: number; to: number };

/** Best first. */
export function ranked(names: readonly string[], ranks: readonly number[]): RankedMethod[] {
  return names
    .map((name, index) => ({ name, rank: ranks[index] ?? Number.NaN }))
    .toSorted((a, b) => a.rank - b.rank);
}

/**
 * The widest runs of methods whose ranks lie within the critical difference of each other, after
 * Demsar (2006): what a bar joins is not told apart. A run inside another is left out.
 */
export function cliques(methods: readonly RankedMethod[], criticalDifference: number): Clique[] {
  const found: Clique[] = [];
  methods.forEach(({ rank }, from) => {
    const to = methods.findLastIndex((other) => other.rank - rank < criticalDifference);
    if (to > from && to > (found.at(-1)?.to ?? -1)) found.push({ from, to });
  });
  return found;
}
