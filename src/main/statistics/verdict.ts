import type { EvaluationAttack } from '../../shared/attack.ts';
import { type Sentence, sentence } from '../../shared/sentence.ts';
import type { PairedGroups, SideNumbers } from './paired-groups.ts';

const SIGNIFICANCE = 0.05;

export type Claim = 'a-better' | 'b-better' | 'no-evidence' | 'not-comparable';

export type Compared = {
  /** What the sides are called. */
  a: string;
  b: string;
  /** Null where the two were not attacked alike. */
  attack: EvaluationAttack | null;
  natural: PairedGroups;
  robust: PairedGroups | null;
  unlike: readonly Sentence[];
};

/**
 * Told apart by the exact test over images and, where images come in clusters or there are several
 * seeds, by the interval that resamples both too: images of one cluster, and of one seed, are not
 * independent.
 */
export function claimOf(block: PairedGroups): Claim {
  return isShownByImage(block) && holdsByUnit(block) ? ahead(block) : 'no-evidence';
}

function ahead({ delta }: PairedGroups): 'a-better' | 'b-better' {
  return delta > 0 ? 'b-better' : 'a-better';
}

/** More images can lean to the one side and more accuracy to the other: then neither is ahead. */
function isShownByImage({ mcnemar: { p, aOnly, bOnly }, delta }: PairedGroups): boolean {
  return p < SIGNIFICANCE && delta > 0 === bOnly > aOnly;
}

function holdsByUnit({ bootstrap: { ci, clustered }, delta, pairs }: PairedGroups): boolean {
  if (pairs.length === 1 && !clustered) return true;
  if (ci === null) return false;
  return delta > 0 ? ci[0] > 0 : ci[1] < 0;
}

/** What is said of one accuracy, and each number that it rests on, in words. */
export type VerdictPart = { claim: Sentence; numbers: Sentence[] };

/**
 * The comparison in words: who is better, by how much, on what; or why it cannot be said. Robust
 * accuracy first.
 */
export function verdictOf(compared: Compared): VerdictPart[] {
  const { a, b, attack, natural, robust, unlike } = compared;
  if (unlike.length > 0) {
    return [{ claim: sentence('verdict.not-comparable', { a, b, reasons: unlike }), numbers: [] }];
  }
  const clean = partOf(compared, natural, sentence('verdict.without-attack'));
  if (robust === null || attack === null) return [clean];
  const where = sentence('verdict.under-attack', { attack: { attack } });
  return [partOf(compared, robust, where), clean];
}

/** The same as running text, a sentence for each accuracy. */
export function verdictSentences(parts: readonly VerdictPart[]): Sentence[] {
  return parts.map(({ claim, numbers }) =>
    sentence('verdict.text', { parts: [claim, ...numbers] }),
  );
}

/** All of that in English. */
export function verdictText(parts: readonly VerdictPart[]): string {
  return verdictSentences(parts)
    .map(({ message }) => message)
    .join(' ');
}

function partOf(names: Compared, block: PairedGroups, where: Sentence): VerdictPart {
  const { a, b } = names;
  const accuracies = sentence('verdict.accuracies', {
    ...{ a, b, n: block.n, delta: points(block.delta) },
    ...{ ofA: accuracyOf(block.a), ofB: accuracyOf(block.b) },
  });
  return {
    claim: sentence('verdict.part', { where, claim: claimInWords(names, block) }),
    numbers: [
      accuracies,
      ...evidenceOf(names, block),
      ...(claimOf(block) === 'no-evidence' ? [limitOf(block)] : []),
    ],
  };
}

function claimInWords({ a, b }: Compared, block: PairedGroups): Sentence {
  const [better, worse] = ahead(block) === 'a-better' ? [a, b] : [b, a];
  if (claimOf(block) !== 'no-evidence') return sentence('verdict.better', { better, worse });
  if (!isShownByImage(block)) return sentence('verdict.no-evidence', { a, b });
  return sentence('verdict.by-image-only', { better, worse, units: unitsOf(block) });
}

function unitsOf({ bootstrap: { clustered }, pairs }: PairedGroups): Sentence {
  if (pairs.length === 1) return sentence('verdict.units.clusters');
  return sentence(clustered ? 'verdict.units.both' : 'verdict.units.seeds');
}

function accuracyOf({ accuracy, overSeeds }: SideNumbers): Sentence | string {
  const mean = `${(accuracy * 100).toFixed(1)} %`;
  if (overSeeds === null || overSeeds.std === null) return mean;
  const std = (overSeeds.std * 100).toFixed(1);
  return sentence('verdict.over-seeds', { mean, std, n: overSeeds.n });
}

function evidenceOf({ a, b }: Compared, block: PairedGroups): Sentence[] {
  const { mcnemar, ci, bootstrap, pairs } = block;
  const { aOnly, bOnly } = mcnemar;
  const test = { a, b, aOnly, bOnly, p: formatP(mcnemar.p) };
  const byImage = sentence('verdict.interval', ends(ci));
  const isDrawn = isDrawable(block);
  if (pairs.length > 1) {
    return [isDrawn ? resampled(block) : byImage, sentence('verdict.sign-test', test)];
  }
  return [
    byImage,
    sentence('verdict.mcnemar', test),
    ...(bootstrap.clustered && isDrawn ? [resampled(block)] : []),
  ];
}

/** Where no image tells the two apart every resample is 0, which is no interval. */
function isDrawable({ table }: PairedGroups): boolean {
  return table.onlyA + table.onlyB > 0;
}

function resampled({ bootstrap, pairs, n }: PairedGroups): Sentence {
  const { ci, clusters, clustered, resamples, seed } = bootstrap;
  if (ci === null) return sentence('verdict.one-cluster', { n });
  const images = sentence(clustered ? 'verdict.of-clusters' : 'verdict.of-images', { n: clusters });
  const of =
    pairs.length === 1 ? images : sentence('verdict.of-seeds', { seeds: pairs.length, images });
  return sentence('verdict.resampled', { ...ends(ci), of, resamples, seed });
}

function limitOf({ detectable, n }: PairedGroups): Sentence {
  if (detectable !== null) {
    return sentence('verdict.detectable', { points: (detectable * 100).toFixed(1) });
  }
  return n === 1 ? sentence('verdict.one-image') : sentence('verdict.too-few', { n });
}

function points(fraction: number): string {
  const text = (fraction * 100).toFixed(1);
  return fraction > 0 ? `+${text}` : text;
}

function ends([low, high]: readonly [number, number]) {
  return { low: points(low), high: points(high) };
}

/** `= 0.036`: two significant digits; `< 0.0001` where there is less. */
function formatP(p: number): string {
  if (p >= 0.9995) return '= 1';
  return p < 0.0001 ? '< 0.0001' : `= ${Number(p.toPrecision(2))}`;
}
