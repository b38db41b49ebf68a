/**
 * Bilinear enlargement of a map. Values sit at the middle of their cells and the outermost ones
 * reach to the border, as a patch covers its pixels.
 * @param values row-major, rows x columns
 * @returns row-major, size x size
 */
export function upsample(
  values: readonly number[],
  [rows, columns]: readonly [number, number],
  size: number,
): Float32Array {
  const result = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const vertical = position(y, size, rows);
    for (let x = 0; x < size; x++) {
      const horizontal = position(x, size, columns);
      const row = (index: number) => {
        const at = index * columns;
        const left = values[at + horizontal.low] ?? 0;
        const right = values[at + horizontal.high] ?? 0;
        return left + horizontal.share * (right - left);
      };
      const top = row(vertical.low);
      result[y * size + x] = top + vertical.share * (row(vertical.high) - top);
    }
  }
  return result;
}

/** The two cells whose middles lie around pixel `at`, and how far it is from the first. */
function position(at: number, size: number, cells: number) {
  const middle = Math.max(0, Math.min(cells - 1, ((at + 0.5) * cells) / size - 0.5));
  const low = Math.floor(middle);
  return { low, high: Math.min(cells - 1, low + 1), share: middle - low };
}
