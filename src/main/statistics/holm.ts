/**
 * Holm's step-down adjustment (1979) of p-values that were looked at together, in the order given:
 * below 0.05, they are significant with at most 5 % chance that any of them is false.
 */
export function holm(values: readonly number[]): number[] {
  const bad = values.find((p) => !(p >= 0 && p <= 1));
  if (bad !== undefined) throw new RangeError(`${bad} is no p-value`);
  const order = values.map((_, index) => index);
  order.sort((i, j) => (values[i] as number) - (values[j] as number));
  const adjusted: number[] = new Array(values.length);
  let largest = 0;
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, (values.length - place) * (values[index] as number));
    adjusted[index] = Math.min(1, largest);
  }
  return adjusted;
}
