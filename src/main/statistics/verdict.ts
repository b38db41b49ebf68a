import { describeAttack, type EvaluationAttack } from '../../shared/attack.ts';
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
  unlike: readonly string[];
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
export type VerdictPart = { claim: string; numbers: string[] };

/**
 * The comparison in words: who is better, by how much, on what; or why it cannot be said. Robust
 * accuracy first.
 */
export function verdictOf(compared: Compared): VerdictPart[] {
  const { a, b, attack, natural, robust, unlike } = compared;
  if (unlike.length > 0) {
    return [
      { claim: `${b} and ${a} are not comparable, because ${unlike.join('; ')}`, numbers: [] },
    ];
  }
  const clean = partOf(compared, natural, 'Without attack');
  if (robust === null || attack === null) return [clean];
  return [partOf(compared, robust, `Under ${describeAttack(attack)}`), clean];
}

/** The same as running text, a sentence for each accuracy. */
export function verdictText(parts: readonly VerdictPart[]): string {
  return parts.map(({ claim, numbers }) => `${[claim, ...numbers].join('; ')}.`).join(' ');
}

function partOf(names: Compared, block: PairedGroups, where: string): VerdictPart {
  const { a, b } = names;
  const accuracies =
    `${accuracyOf(block.b)} (${b}) against ${accuracyOf(block.a)} (${a}) of ${block.n} images, ` +
    `${points(block.delta)} points`;
  return {
    claim: `${where}: ${claimInWords(names, block)}`,
    numbers: [
      accuracies,
      ...evidenceOf(names, block),
      ...(claimOf(block) === 'no-evidence' ? [limitOf(block)] : []),
    ],
  };
}

function claimInWords({ a, b }: Compared, block: PairedGroups): string {
  const [better, worse] = ahead(block) === 'a-better' ? [a, b] : [b, a];
  if (claimOf(block) !== 'no-evidence') return `${better} is better than ${worse}`;
  if (!isShownByImage(block)) return `no evidence of a difference between ${b} and ${a}`;
  return `${better} is ahead of ${worse} image by image but not ${unitsOf(block)}, so this is no evidence`;
}

function unitsOf({ bootstrap: { clustered }, pairs }: PairedGroups): string {
  if (pairs.length === 1) return 'by cluster';
  return clustered ? 'over seeds and clusters' : 'over seeds';
}

function accuracyOf({ accuracy, overSeeds }: SideNumbers): string {
  const percent = `${(accuracy * 100).toFixed(1)} %`;
  if (overSeeds === null || overSeeds.std === null) return percent;
  return `${percent} ± ${(overSeeds.std * 100).toFixed(1)} over ${overSeeds.n} seeds`;
}

function evidenceOf({ a, b }: Compared, block: PairedGroups): string[] {
  const { mcnemar, ci, bootstrap, pairs } = block;
  if (pairs.length > 1) {
    const byImage = `${b} right for more seeds on ${mcnemar.bOnly}, ${a} on ${mcnemar.aOnly}`;
    return [resampled(block), `${byImage}, exact sign test p ${formatP(mcnemar.p)}`];
  }
  const byImage = `only ${b} right on ${mcnemar.bOnly}, only ${a} on ${mcnemar.aOnly}`;
  return [
    `95 % interval ${interval(ci)}`,
    `${byImage}, exact McNemar p ${formatP(mcnemar.p)}`,
    ...(bootstrap.clustered ? [resampled(block)] : []),
  ];
}

function resampled({ bootstrap, pairs, n }: PairedGroups): string {
  const { ci, clusters, clustered, resamples, seed } = bootstrap;
  if (ci === null) return `all ${n} images are of one cluster and tell of no other`;
  const images = clustered ? `${clusters} clusters of images` : `${clusters} images`;
  const drawn = pairs.length === 1 ? images : `${pairs.length} seeds and ${images}`;
  return `95 % interval over ${drawn} ${interval(ci)}, bootstrap of ${resamples} resamples, seed ${seed}`;
}

function limitOf({ detectable, n }: PairedGroups): string {
  if (detectable === null) {
    return `${n} ${n === 1 ? 'image is' : 'images are'} too few to show any difference`;
  }
  return `this test set could show >= ${(detectable * 100).toFixed(1)} points (power 0.8)`;
}

function points(fraction: number): string {
  const text = (fraction * 100).toFixed(1);
  return fraction > 0 ? `+${text}` : text;
}

function interval([low, high]: readonly [number, number]): string {
  return `${points(low)} to ${points(high)}`;
}

/** `= 0.036`: two significant digits; `< 0.0001` where there is less. */
function formatP(p: number): string {
  if (p >= 0.9995) return '= 1';
  return p < 0.0001 ? '< 0.0001' : `= ${Number(p.toPrecision(2))}`;
}
