/**
 * The image after or before another in a list, around its ends; from an image that the list lacks,
 * the first or the last. Null where there is no other.
 */
export function neighbour(
  list: readonly string[],
  image: string | null,
  by: 1 | -1,
): string | null {
  if (list.length === 0) return null;
  const at = image === null ? -1 : list.indexOf(image);
  const from = at < 0 && by < 0 ? 0 : at;
  const next = list[(from + by + list.length) % list.length] ?? null;
  return next === image ? null : next;
}
