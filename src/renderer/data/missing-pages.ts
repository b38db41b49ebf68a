/** The pages between two rows that are neither there nor asked for; rows past the end have none. */
export function missingPages(
  range: { first: number; last: number },
  pageSize: number,
  total: number,
  known: ReadonlySet<number>,
): number[] {
  const end = Math.min(range.last, Math.max(0, total - 1));
  const missing: number[] = [];
  for (
    let page = Math.floor(range.first / pageSize);
    page <= Math.floor(end / pageSize);
    page += 1
  ) {
    if (!known.has(page)) missing.push(page);
  }
  return missing;
}
