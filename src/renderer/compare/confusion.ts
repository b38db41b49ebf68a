/** Counts of images by true class (row) and predicted class (column). */
export type Confusion = readonly (readonly number[])[];

export const CONFUSION_ORDERS = ['class', 'confused'] as const;
export type ConfusionOrder = (typeof CONFUSION_ORDERS)[number];

/** What is drawn at most; a matrix of a thousand classes shows those that are confused the most. */
export const SHOWN_CLASSES = 100;

/**
 * The classes in the order they are drawn: as the dataset has them, or those with the most images
 * taken for another (by any of the matrices) first. Never more than `limit`, the most confused.
 */
export function orderClasses(
  matrices: readonly Confusion[],
  order: ConfusionOrder,
  limit = SHOWN_CLASSES,
): number[] {
  const classes = Array.from(matrices[0] ?? [], (_, label) => label);
  const errors = classes.map((label) =>
    matrices.reduce((sum, matrix) => sum + errorsOf(matrix, label), 0),
  );
  const byErrors = classes.toSorted((a, b) => (errors[b] ?? 0) - (errors[a] ?? 0) || a - b);
  const kept = byErrors.slice(0, limit);
  return order === 'confused' ? kept : kept.toSorted((a, b) => a - b);
}

/** Images of a class that were taken for another. */
function errorsOf(matrix: Confusion, label: number): number {
  return (matrix[label] ?? []).reduce((sum, n, column) => (column === label ? sum : sum + n), 0);
}

/** Images of a class. */
export function imagesOf(matrix: Confusion, label: number): number {
  return (matrix[label] ?? []).reduce((sum, n) => sum + n, 0);
}

type Confused = { label: number; predicted: number; count: number; of: number };

/** The pairs of classes that are confused the most, most images first. */
export function mostConfused(matrix: Confusion, limit: number): Confused[] {
  return matrix
    .flatMap((row, label) =>
      row.flatMap((count, predicted) =>
        predicted === label || count === 0
          ? []
          : [{ label, predicted, count, of: imagesOf(matrix, label) }],
      ),
    )
    .toSorted((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted)
    .slice(0, limit);
}

export type Position = { row: number; column: number };

/** Where the arrow keys lead in a matrix of so many classes; null for any other key. */
export function moveInMatrix({ row, column }: Position, key: string, size: number) {
  const steps: Record<string, Position> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    Home: { row, column: 0 },
    End: { row, column: size - 1 },
    PageUp: { row: 0, column },
    PageDown: { row: size - 1, column },
  };
  const next = steps[key];
  if (!next) return null;
  const within = (value: number): number => Math.min(Math.max(value, 0), size - 1);
  return { row: within(next.row), column: within(next.column) };
}
