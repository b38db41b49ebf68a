/**
 * Accuracies are shares of counts, so two that differ by less are one number that was summed in
 * another order.
 */
const EQUAL = 1e-10;

export type Ranks = {
  /** From 1 for the smallest; equal values share the mean of their places. */
  ranks: number[];
  /** How many values each set of equal ones holds, where it is more than one. */
  tieSizes: number[];
};

/** Whether a difference is none but for rounding. */
export function isZero(difference: number): boolean {
  return Math.abs(difference) < EQUAL;
}

/** Throws RangeError for a value that is not finite. */
export function rank(values: readonly number[]): Ranks {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`no rank for ${bad}`);
  const order = values.map((_, index) => index).sort((i, j) => at(values, i) - at(values, j));
  const ranks: number[] = new Array(values.length);
  const tieSizes: number[] = [];
  let start = 0;
  while (start < order.length) {
    const smallest = at(values, order[start] as number);
    let end = start + 1;
    while (end < order.length && isZero(at(values, order[end] as number) - smallest)) end += 1;
    for (const index of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    if (end - start > 1) tieSizes.push(end - start);
    start = end;
  }
  return { ranks, tieSizes };
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}
