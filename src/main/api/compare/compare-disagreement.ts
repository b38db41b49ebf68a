import type { Disagreement, DisagreementInput, RightTable } from '../../../shared/api/compare.ts';
import type { Outcome } from '../../../shared/results.ts';
import type { Database } from '../../store/database.ts';
import { comparedImages, type PairImages, type SeenImage } from './compared-images.ts';
import { classNamesOf, resolveSides } from './sides.ts';

type Cell = keyof RightTable;

/** The images of one cell: of the four ways of being right, of a confusion matrix, or of both. */
export function compareDisagreement(db: Database, input: DisagreementInput): Disagreement {
  const sides = resolveSides(db, input);
  const { attack, natural, robust } = comparedImages(db, sides, input.attack);
  const attacked = input.attacked && robust !== null;
  const predictedBy = (outcome: Outcome) =>
    attacked ? (outcome.adversarial ?? outcome.clean) : outcome.clean;
  const wanted = ({ label, a, b }: SeenImage): boolean => {
    if (input.label !== null && label !== input.label) return false;
    const { predicted, cell } = input;
    if (predicted && predictedBy(predicted.side === 'a' ? a : b) !== predicted.label) return false;
    return cell === null || cellOf(predictedBy(a) === label, predictedBy(b) === label) === cell;
  };
  const found = (attacked ? robust : natural).flatMap(({ pair, images }) =>
    images.filter(wanted).map((image) => rowOf(pair, image)),
  );
  return {
    dataset: sides.pairs[0].a.dataset,
    classNames: classNamesOf(db, sides.pairs[0].a),
    attack,
    natural: tableOf(natural, ({ clean }) => clean),
    robust: robust && tableOf(robust, ({ adversarial, clean }) => adversarial ?? clean),
    total: found.length,
    images: found.slice(input.offset, input.offset + input.limit),
  };
}

function cellOf(a: boolean, b: boolean): Cell {
  if (a) return b ? 'both' : 'onlyA';
  return b ? 'onlyB' : 'neither';
}

function tableOf(
  pairs: readonly PairImages[],
  predicted: (outcome: Outcome) => number,
): RightTable {
  const table = { both: 0, onlyA: 0, onlyB: 0, neither: 0 };
  for (const { images } of pairs) {
    for (const { label, a, b } of images)
      table[cellOf(predicted(a) === label, predicted(b) === label)] += 1;
  }
  return table;
}

function rowOf(
  pair: PairImages['pair'],
  { id, label, a, b }: SeenImage,
): Disagreement['images'][number] {
  const side = (run: string, { clean, adversarial, margin, fellAt }: Outcome) => ({
    run,
    clean,
    adversarial,
    margin,
    fellAt,
  });
  return { id, label, seed: pair.seed, a: side(pair.a.id, a), b: side(pair.b.id, b) };
}
