import { describeAttack, type EvaluationAttack } from '../../shared/attack.ts';
import type { PairedGroups, SideNumbers } from './paired-groups.ts';
import { formatP, interval, percent, points, SIGNIFICANCE } from './verdict.ts';

export type Claim = 'a-better' | 'b-better' | 'no-evidence' | 'not-comparable';

export type ComparedGroups = {
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
export function claimOf({ mcnemar, bootstrap, delta, pairs }: PairedGroups): Claim {
  const claim = delta > 0 ? 'b-better' : 'a-better';
  // More images can lean to the one side and more accuracy to the other: then neither is better.
  const leans = delta > 0 === mcnemar.bOnly > mcnemar.aOnly;
  if (mcnemar.p >= SIGNIFICANCE || !leans) return 'no-evidence';
  if (pairs.length === 1 && !bootstrap.clustered) return claim;
  const holds = bootstrap.ci !== null && (delta > 0 ? bootstrap.ci[0] > 0 : bootstrap.ci[1] < 0);
  return holds ? claim : 'no-evidence';
}

/** The comparison in words: who is better, by how much, on what; or why it cannot be said. */
export function groupVerdict(groups: ComparedGroups): string {
  const { a, b, attack, natural, robust, unlike } = groups;
  if (unlike.length > 0) return `${b} and ${a} are not comparable, because ${unlike.join('; ')}.`;
  const clean = sentence(groups, natural, 'Without attack');
  if (robust === null || attack === null) return clean;
  return `${sentence(groups, robust, `Under ${describeAttack(attack)}`)} ${clean}`;
}

function sentence({ a, b }: ComparedGroups, block: PairedGroups, where: string): string {
  const claim = claimOf(block);
  const [better, worse] = claim === 'a-better' ? [a, b] : [b, a];
  const told =
    claim === 'no-evidence'
      ? `no evidence of a difference between ${b} and ${a}`
      : `${better} is better than ${worse}`;
  const limit = claim === 'no-evidence' ? `; ${limitOf(block)}` : '';
  return `${where}: ${told}, ${accuracyOf(block.b)} (${b}) against ${accuracyOf(block.a)} (${a}) of ${block.n} images, ${points(block.delta)} points (${evidenceOf(block)})${limit}.`;
}

function accuracyOf({ accuracy, overSeeds }: SideNumbers): string {
  if (overSeeds === null) return percent(accuracy);
  const spread = overSeeds.std === null ? '' : ` ± ${(overSeeds.std * 100).toFixed(1)}`;
  return `${percent(accuracy)}${spread} over ${overSeeds.n} seeds`;
}

function evidenceOf({ mcnemar, ci, bootstrap, pairs, n }: PairedGroups): string {
  const { clusters, clustered, resamples, seed } = bootstrap;
  const images = clustered ? `${clusters} clusters of images` : `${n} images`;
  const drawn = pairs.length === 1 ? images : `${pairs.length} seeds and ${images}`;
  const resampled =
    bootstrap.ci === null
      ? 'all images are of one cluster, which tells of no other'
      : `95 % interval over ${drawn} ${interval(bootstrap.ci)}, bootstrap of ${resamples} resamples, seed ${seed}`;
  const test = pairs.length === 1 ? 'exact McNemar' : 'exact sign test over images';
  const exact = `${test} p ${formatP(mcnemar.p)}`;
  if (pairs.length > 1) return `${resampled}; ${exact}`;
  const simple = `95 % interval ${interval(ci)}, ${exact}`;
  return clustered ? `${simple}; ${resampled}` : simple;
}

function limitOf({ detectable, n }: PairedGroups): string {
  if (detectable === null) {
    return `${n} ${n === 1 ? 'image is' : 'images are'} too few to show any difference`;
  }
  return `this test set could show >= ${(detectable * 100).toFixed(1)} points (power 0.8)`;
}
