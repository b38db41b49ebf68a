import type { ClassReport, Confusion, SidesInput } from '../../../shared/api/compare.ts';
import type { Outcome } from '../../../shared/results.ts';
import { wilsonInterval } from '../../statistics/wilson.ts';
import type { Database } from '../../store/database.ts';
import { comparedImages, type PairImages } from './compared-images.ts';
import { classNamesOf, resolveSides } from './sides.ts';

type Predicted = (outcome: Outcome) => number;
type Block = ClassReport['natural'];

/** Accuracy of each class on both sides, and what its images were taken for, summed over the seeds. */
export function compareClasses(db: Database, input: SidesInput): ClassReport {
  const sides = resolveSides(db, input);
  const { attack, natural, robust } = comparedImages(db, sides, input.attack);
  const classNames = classNamesOf(db, sides.pairs[0].a);
  const block = (pairs: readonly PairImages[], predicted: Predicted) =>
    blockOf(pairs, predicted, classNames.length);
  return {
    classNames,
    pairs: sides.pairs.length,
    attack,
    natural: block(natural, ({ clean }) => clean),
    robust: robust && block(robust, ({ adversarial, clean }) => adversarial ?? clean),
  };
}

function blockOf(pairs: readonly PairImages[], predicted: Predicted, classes: number): Block {
  const images = pairs.flatMap((pair) => pair.images);
  const sideOf = (side: 'a' | 'b') =>
    images.map((image) => ({ label: image.label, predicted: predicted(image[side]) }));
  const [a, b] = [sideOf('a'), sideOf('b')];
  const [ofA, ofB] = [byLabel(a, classes), byLabel(b, classes)];
  const rows = ofA.flatMap((left, label) => {
    const right = ofB[label];
    return right && left.of > 0 ? [{ label, a: withInterval(left), b: withInterval(right) }] : [];
  });
  return {
    n: pairs[0]?.images.length ?? 0,
    classes: rows,
    confusion: { a: confusionOf(a), b: confusionOf(b) },
  };
}

type Guess = { label: number; predicted: number };

function byLabel(guesses: readonly Guess[], classes: number): { right: number; of: number }[] {
  const counts = Array.from({ length: classes }, () => ({ right: 0, of: 0 }));
  for (const { label, predicted } of guesses) {
    const count = counts[label];
    if (!count) continue;
    count.of += 1;
    if (predicted === label) count.right += 1;
  }
  return counts;
}

function withInterval({ right, of }: { right: number; of: number }) {
  return { right, of, ci: wilsonInterval(right, of) };
}

function confusionOf(guesses: readonly Guess[]): Confusion {
  const counts = new Map<string, Confusion[number]>();
  for (const { label, predicted } of guesses) {
    const key = `${label} ${predicted}`;
    const cell = counts.get(key) ?? { label, predicted, count: 0 };
    cell.count += 1;
    counts.set(key, cell);
  }
  return [...counts.values()].sort((a, b) => a.label - b.label || a.predicted - b.predicted);
}
