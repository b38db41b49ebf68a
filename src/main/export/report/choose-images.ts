import type { Outcome } from '../../../shared/results.ts';

/** Images on which the two disagree under attack, in test order, that are shown at most. */
const DISAGREEMENTS = 3;
const IMAGES = 6;

export const IMAGE_RULE =
  'Images are chosen by rule, not by hand: the first three in test order on which FAP and CBA-FAPT ' +
  'disagree under attack, then, of the other attacked images, those whose image map drifts most ' +
  '(l2, the larger of the two methods), six in all.';

export type ChosenImage = { id: string; reason: string };

/**
 * The report's images by the rule above. Both lists are of the same images in test order.
 * @param drift the larger image-map drift of the two methods, by id
 */
export function chooseImages(
  a: readonly Outcome[],
  b: readonly Outcome[],
  drift: ReadonlyMap<string, number>,
): ChosenImage[] {
  const others = new Map(b.map((outcome) => [outcome.id, isRobust(outcome)]));
  const common = a.filter(({ id }) => others.has(id));
  const disagreeing = common
    .filter((outcome) => isRobust(outcome) !== others.get(outcome.id))
    .slice(0, DISAGREEMENTS)
    .map(({ id }) => ({ id, reason: 'The two disagree on it under attack.' }));
  const taken = new Set(disagreeing.map(({ id }) => id));
  const drifting = common
    .filter(({ id }) => !taken.has(id) && drift.has(id))
    // The sort is stable, so equal drifts stay in test order.
    .toSorted((left, right) => (drift.get(right.id) ?? 0) - (drift.get(left.id) ?? 0))
    .slice(0, IMAGES - disagreeing.length)
    .map(({ id }) => ({ id, reason: 'Its image map drifts most under attack.' }));
  return [...disagreeing, ...drifting];
}

function isRobust({ adversarial, label }: Outcome): boolean {
  return adversarial === label;
}
