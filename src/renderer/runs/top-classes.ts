/** The likeliest classes, best first. */
export function topClasses(
  probabilities: readonly number[],
  classNames: readonly string[],
  count: number,
): { name: string; probability: number }[] {
  return probabilities
    .map((probability, label) => ({ name: classNames[label] ?? String(label), probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}
