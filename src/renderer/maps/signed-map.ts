/** Signed values over a patch grid: row-major, rows x columns. */
export type SignedMap = { values: readonly number[]; grid: readonly [number, number] };

export type Patch = { row: number; column: number };

/** `later - earlier`, patch by patch; null where the grids differ. */
export function differenceOf(later: SignedMap, earlier: SignedMap): SignedMap | null {
  const [rows, columns] = later.grid;
  if (earlier.grid[0] !== rows || earlier.grid[1] !== columns) return null;
  return {
    grid: later.grid,
    values: later.values.map((value, at) => value - (earlier.values[at] ?? Number.NaN)),
  };
}

/** The value at a patch; NaN outside the grid. */
export function valueAt({ values, grid: [rows, columns] }: SignedMap, { row, column }: Patch) {
  const isInside = row >= 0 && column >= 0 && row < rows && column < columns;
  return isInside ? (values[row * columns + column] ?? Number.NaN) : Number.NaN;
}

export function isZero({ values }: SignedMap): boolean {
  return values.every((value) => value === 0);
}

/** A patch moved and kept on the grid; the first move from nowhere goes to the middle. */
export function movedPatch(
  from: Patch | null,
  [rows, columns]: readonly [number, number],
  [down, right]: readonly [number, number],
): Patch {
  if (!from) return { row: Math.floor((rows - 1) / 2), column: Math.floor((columns - 1) / 2) };
  return {
    row: clamp(from.row + down, rows),
    column: clamp(from.column + right, columns),
  };
}

function clamp(at: number, count: number): number {
  return Math.max(0, Math.min(count - 1, at));
}
