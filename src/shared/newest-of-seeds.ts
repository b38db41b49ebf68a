/** One run a seed: the newest, where a seed was run again. Within a seed the newest stands first. */
export function newestOfSeeds<Run extends { seed: number }>(runs: readonly Run[]): Run[] {
  const seeds = new Set<number>();
  return runs.filter(({ seed }) => !seeds.has(seed) && seeds.add(seed));
}
