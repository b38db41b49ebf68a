/** The job that another one must stand before to move one place up or down; null is the end. */
export function beforeOf(waiting: readonly number[], job: number, by: -1 | 1): number | null {
  const rest = waiting.filter((other) => other !== job);
  const place = Math.max(0, waiting.indexOf(job) + by);
  return rest[place] ?? null;
}
