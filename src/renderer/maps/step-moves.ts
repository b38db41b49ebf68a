/**
 * The step after or before another; the attack's answer (null) comes behind the last.
 * @param steps ascending
 */
export function movedStep(
  steps: readonly number[],
  step: number | null,
  by: 1 | -1,
): number | null {
  const at = step === null ? steps.length : steps.indexOf(step);
  const next = Math.max(0, Math.min(steps.length, at + by));
  return steps[next] ?? null;
}

/** Steps that both have, ascending. */
export function commonSteps(lists: readonly (readonly number[])[]): number[] {
  const [first = [], ...others] = lists;
  return first.filter((step) => others.every((list) => list.includes(step)));
}
