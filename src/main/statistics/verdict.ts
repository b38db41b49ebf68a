import { describeAttack, type EvaluationAttack } from '../../shared/attack.ts';
import type { PairedResult } from './paired-result.ts';
import type { ComparedEvaluation } from './unlike.ts';

export const SIGNIFICANCE = 0.05;

/** The comparison in words: what differs, by how much, of how many images, or why it cannot be said. */
export function verdictOf(
  a: ComparedEvaluation,
  b: ComparedEvaluation,
  results: { natural: PairedResult; robust: PairedResult | null },
  unlike: readonly string[],
): string {
  if (unlike.length > 0) {
    return `${b.name} and ${a.name} are not comparable, because ${unlike.join('; ')}.`;
  }
  const sentences = [
    ...(results.robust === null ? [] : sentencesOf(a, b, results.robust, a.attack)),
    ...sentencesOf(a, b, results.natural, null),
  ];
  return sentences.join(' ');
}

function sentencesOf(
  a: ComparedEvaluation,
  b: ComparedEvaluation,
  result: PairedResult,
  attack: EvaluationAttack | null,
): string[] {
  const where = attack === null ? 'Without attack' : `Under ${describeAttack(attack)}`;
  const claim = claimOf(a, b, result);
  const limit = isShown(result) ? '' : `; ${limitOf(result)}`;
  return [`${where}: ${claim}, ${numbersOf(a, b, result)}${limit}.`, ...clusterSentence(result)];
}

/** Images of one cluster are not independent, so what is shown by image must hold by cluster too. */
function claimOf(a: ComparedEvaluation, b: ComparedEvaluation, result: PairedResult): string {
  const [better, worse] = result.delta >= 0 ? [b.name, a.name] : [a.name, b.name];
  if (!isShown(result)) return `no evidence of a difference between ${b.name} and ${a.name}`;
  if (holdsByCluster(result)) return `${better} is better than ${worse}`;
  return `${better} is ahead of ${worse} image by image, but not by cluster, so this is no evidence`;
}

function isShown({ mcnemar }: PairedResult): boolean {
  return mcnemar.p < SIGNIFICANCE;
}

function holdsByCluster({ bootstrap, delta }: PairedResult): boolean {
  if (bootstrap === null) return true;
  if (bootstrap.ci === null) return false;
  return delta >= 0 ? bootstrap.ci[0] > 0 : bootstrap.ci[1] < 0;
}

function numbersOf(a: ComparedEvaluation, b: ComparedEvaluation, result: PairedResult): string {
  const { mcnemar, n } = result;
  return (
    `${percent(result.b)} (${b.name}) against ${percent(result.a)} (${a.name}) of ${n} images, ` +
    `${points(result.delta)} points (95 % interval ${interval(result.ci)}), ` +
    `only ${b.name} right on ${mcnemar.bOnly}, only ${a.name} on ${mcnemar.aOnly}, ` +
    `exact McNemar p ${formatP(mcnemar.p)}`
  );
}

function limitOf({ detectable, n }: PairedResult): string {
  if (detectable === null) {
    return `${n} ${n === 1 ? 'image is' : 'images are'} too few to show any difference`;
  }
  return `this test set could show >= ${(detectable * 100).toFixed(1)} points (power 0.8)`;
}

function clusterSentence({ bootstrap, n }: PairedResult): string[] {
  if (bootstrap === null) return [];
  if (bootstrap.ci === null) return [`All ${n} images are of one cluster: they tell of no other.`];
  return [
    `The ${n} images come in ${bootstrap.clusters} clusters and are not independent: over clusters ` +
      `the 95 % interval is ${interval(bootstrap.ci)} points (bootstrap, ${bootstrap.resamples} ` +
      `resamples, seed ${bootstrap.seed}).`,
  ];
}

export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

export function points(fraction: number): string {
  const text = (fraction * 100).toFixed(1);
  return fraction > 0 ? `+${text}` : text;
}

export function interval([low, high]: readonly [number, number]): string {
  return `${points(low)} to ${points(high)}`;
}

/** `= 0.036`: two significant digits; `< 0.0001` where there is less. */
export function formatP(p: number): string {
  if (p >= 0.9995) return '= 1';
  return p < 0.0001 ? '< 0.0001' : `= ${Number(p.toPrecision(2))}`;
}
