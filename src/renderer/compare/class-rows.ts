import type { ClassReport, Confusion as SparseConfusion } from '../../shared/api/compare.ts';
import type { Confusion } from './confusion.ts';

export type ClassRow = {
  label: number;
  name: string;
  /** Images of the class over all pairs. */
  n: number;
  /** Null where a side has no image of the class. */
  a: number | null;
  b: number | null;
  difference: number | null;
};

export const CLASS_SORTS = ['class', 'n', 'a', 'b', 'difference'] as const;
export type ClassSort = { by: (typeof CLASS_SORTS)[number]; descending: boolean };

type Block = ClassReport['natural'];

/** Accuracy of both sides class by class, as the dataset orders them. */
export function classRows(block: Block, classNames: readonly string[]): ClassRow[] {
  return block.classes.map(({ label, a, b }) => {
    const left = a.of === 0 ? null : a.right / a.of;
    const right = b.of === 0 ? null : b.right / b.of;
    return {
      label,
      name: classNames[label] ?? String(label),
      n: Math.max(a.of, b.of),
      a: left,
      b: right,
      difference: left === null || right === null ? null : right - left,
    };
  });
}

/** Sorted; what has no value comes last either way, and equal rows keep the dataset's order. */
export function sortClassRows(
  rows: readonly ClassRow[],
  { by, descending }: ClassSort,
): ClassRow[] {
  const sortedBy = (row: ClassRow) => (by === 'class' ? row.label : row[by]);
  return rows.toSorted((one, other) => {
    const [x, y] = [sortedBy(one), sortedBy(other)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return (descending ? y - x : x - y) || one.label - other.label;
  });
}

/** Counts by true class (row) and predicted class (column), zeros and all. */
export function denseConfusion(sparse: SparseConfusion, classes: number): Confusion {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, predicted, count } of sparse) {
    const row = matrix[label];
    if (row) row[predicted] = count;
  }
  return matrix;
}
