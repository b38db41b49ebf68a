export type LogitRow = {
  label: number;
  name: string;
  logit: number;
  /** Logit minus the best other. */
  margin: number;
  /** Length of its bar, 0 to 1, from the lowest logit of the scale to the highest. */
  share: number;
};

/** Lowest and highest of several lists of logits: the scale that their bars share. */
export function logitRange(lists: readonly (readonly number[])[]): readonly [number, number] {
  const finite = lists.flat().filter(Number.isFinite);
  return finite.length > 0 ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
}

/** How many of the largest are listed. */
const COUNT = 4;

/** The largest logits, best first, and the classes of `always` wherever they stand. */
export function logitRows(
  { logits, margins }: { logits: readonly number[]; margins: readonly number[] },
  classNames: readonly string[],
  { always, range }: { always: readonly number[]; range: readonly [number, number] },
): LogitRow[] {
  const [low, high] = range;
  const ranked = logits.map((logit, label) => ({ logit, label })).sort((a, b) => b.logit - a.logit);
  return ranked
    .filter(({ label }, rank) => rank < COUNT || always.includes(label))
    .map(({ logit, label }) => ({
      label,
      name: classNames[label] ?? String(label),
      logit,
      margin: margins[label] ?? Number.NaN,
      share: high > low ? (logit - low) / (high - low) : 1,
    }));
}
