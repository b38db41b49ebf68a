import { FaptError } from '../../shared/errors.ts';
import type { Outcome } from '../../shared/results.ts';
import { type Pair, type PairedOptions, type PairedResult, pairedResult } from './paired-result.ts';
import { type ComparedEvaluation, unlikeProtocols } from './unlike.ts';
import { verdictOf } from './verdict.ts';

export type PairedComparison = {
  /** Images both sides have, under attack where there was one. */
  n: number;
  natural: PairedResult;
  robust: PairedResult | null;
  verdict: string;
  /** Empty where both were measured alike, else what differs. */
  unlike: string[];
};

/**
 * Compares two evaluations image by image. Where their protocols are unlike, the numbers over the
 * common images are still given, and the verdict says only what differs.
 * Throws `nothing-in-common` where no image was evaluated by both.
 */
export function comparePaired(
  a: ComparedEvaluation,
  b: ComparedEvaluation,
  options: PairedOptions = {},
): PairedComparison {
  const unlike = unlikeProtocols(a, b);
  const naturalPairs = pairsOf(a.natural ?? a.outcomes, b.natural ?? b.outcomes, cleanRight);
  if (naturalPairs.length === 0) {
    throw new FaptError(
      'nothing-in-common',
      `${a.name} and ${b.name} have no evaluated image in common: evaluate both on the same images.`,
    );
  }
  const robustPairs = pairsOf(a.outcomes, b.outcomes, robustRight);
  const natural = pairedResult(naturalPairs, options);
  const robust = robustPairs.length === 0 ? null : pairedResult(robustPairs, options);
  const verdict = verdictOf(a, b, { natural, robust }, unlike);
  return { n: (robust ?? natural).n, natural, robust, verdict, unlike };
}

/** Images of both sides, in the order of a; those where a side cannot say are left out. */
function pairsOf(
  a: readonly Outcome[],
  b: readonly Outcome[],
  right: (outcome: Outcome) => boolean | null,
): Pair[] {
  const others = new Map(b.map((outcome) => [outcome.id, right(outcome)]));
  return a.flatMap((outcome) => {
    const ours = right(outcome);
    const theirs = others.get(outcome.id) ?? null;
    return ours === null || theirs === null ? [] : [{ id: outcome.id, a: ours, b: theirs }];
  });
}

function cleanRight({ clean, label }: Outcome): boolean {
  return clean === label;
}

function robustRight({ adversarial, label }: Outcome): boolean | null {
  return adversarial === null ? null : adversarial === label;
}
