import { type EvaluationAttack, formatSize } from '../../shared/attack.ts';
import {
  type AttackObservation,
  type AttackProbe,
  type AttackSanity,
  SANITY_CHECKS,
  type SanityCheck,
} from '../../shared/attack-sanity.ts';
import type { Outcome } from '../../shared/results.ts';
import { type Sentence, sentence } from '../../shared/sentence.ts';
import { bonettPrice } from './paired-difference.ts';

/** Pixels are float32: a sum of two may pass a bound by this much. */
const ROUNDING = 1e-6;

/** The same run under the same attack with another number of steps. */
export type OtherSteps = { attack: EvaluationAttack; outcomes: readonly Outcome[] };

export type SanityEvidence = {
  attack: EvaluationAttack;
  outcomes: readonly Outcome[];
  observed: AttackObservation | null;
  probe: AttackProbe | null;
  /** Ids of the images that the black box was tried on, in its order. */
  sample: readonly string[];
  /** The newest evaluation that differs in its number of steps alone. */
  other: OtherSteps | null;
};

type Finding = { status: SanityCheck['status']; said: Sentence };

const unchecked = (said: Sentence): Finding => ({ status: 'unchecked', said });
const finding = (holds: boolean, said: Sentence): Finding => ({
  status: holds ? 'passed' : 'failed',
  said,
});

/**
 * What a sound attack does (Carlini et al. 2019; Athalye et al. 2018), checked on the numbers of one
 * evaluation. `doubtful` where one check failed; a check whose numbers are missing says so.
 */
export function attackSanity(evidence: SanityEvidence): AttackSanity {
  const found: Record<SanityCheck['name'], Finding> = {
    ball: ball(evidence),
    'any-step': anyStep(evidence),
    'last-step': lastStep(evidence),
    noise: noise(evidence),
    sweep: sweep(evidence),
    gradients: gradients(evidence),
    'black-box': blackBox(evidence),
  };
  const checks = SANITY_CHECKS.map((name) => {
    const { status, said } = found[name];
    return { name, status, reason: said.message, said };
  });
  const failed = checks.some(({ status }) => status === 'failed');
  const isChecked = evidence.observed !== null && evidence.probe !== null;
  return { badge: failed ? 'doubtful' : isChecked ? 'sound' : 'unchecked', checks };
}

function ball({ attack, observed }: SanityEvidence): Finding {
  if (!observed) return unchecked(sentence('sanity.ball.unchecked'));
  const { maxDistance, minPixel, maxPixel } = observed;
  const within = maxDistance <= attack.epsilon * (1 + ROUNDING) + ROUNDING;
  const pixels = minPixel >= -ROUNDING && maxPixel <= 1 + ROUNDING;
  return finding(
    within && pixels,
    sentence('sanity.ball', {
      distance: show(maxDistance, attack),
      epsilon: formatSize(attack.norm, attack.epsilon),
      low: minPixel.toFixed(4),
      high: maxPixel.toFixed(4),
    }),
  );
}

function show(distance: number, { norm }: EvaluationAttack): string {
  return norm === 'l2' ? distance.toPrecision(4) : `${(distance * 255).toFixed(3)}/255`;
}

/** Counted over steps within one evaluation it cannot rise; between two, the longer contains the shorter. */
function anyStep({ attack, outcomes, other }: SanityEvidence): Finding {
  if (!other) return unchecked(sentence('sanity.steps.unchecked'));
  const [fewer, more] = byLength(attack, outcomes, other);
  const common = new Set(fewer.map(({ id }) => id));
  const ids = new Set(more.flatMap(({ id }) => (common.has(id) ? [id] : [])));
  const standing = (rows: readonly Outcome[]) =>
    rows.filter(({ id, fellAt }) => ids.has(id) && fellAt === null).length;
  const counts = { fewer: standing(fewer), more: standing(more), n: ids.size };
  return finding(
    counts.more <= counts.fewer,
    sentence('sanity.steps', { ...counts, attack: { attack: other.attack } }),
  );
}

/** Outcomes of fewer steps, then those of more. */
function byLength(attack: EvaluationAttack, outcomes: readonly Outcome[], other: OtherSteps) {
  return other.attack.steps < attack.steps
    ? ([other.outcomes, outcomes] as const)
    : ([outcomes, other.outcomes] as const);
}

/** Step equals eps in the published attack, so the last iterate jumps: only a clear rise is a fault. */
function lastStep({ attack, outcomes, other }: SanityEvidence): Finding {
  if (!other) return unchecked(sentence('sanity.steps.unchecked'));
  const [fewer, more] = byLength(attack, outcomes, other);
  const after = new Map(more.map((row) => [row.id, row.adversarial === row.label]));
  const both = fewer.filter(({ id }) => after.has(id));
  const aOnly = both.filter((row) => row.adversarial === row.label && !after.get(row.id)).length;
  const bOnly = both.filter((row) => row.adversarial !== row.label && after.get(row.id)).length;
  if (both.length === 0) return unchecked(sentence('sanity.steps.other-images'));
  const [low, high] = bonettPrice({ aOnly, bOnly, n: both.length });
  const rise = (bOnly - aOnly) / both.length;
  return finding(
    low <= 0,
    sentence('sanity.last-step', {
      ...{ rise: points(rise), low: points(low), high: points(high) },
      n: both.length,
    }),
  );
}

const points = (share: number) => `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)}`;

function noise({ attack, outcomes, observed }: SanityEvidence): Finding {
  if (!observed) return unchecked(sentence('sanity.noise.unchecked'));
  if (attack.name === 'noise') return unchecked(sentence('sanity.noise.itself'));
  const right = outcomes.filter(({ adversarial, label }) => adversarial === label).length;
  return finding(
    observed.noiseRight >= right,
    sentence('sanity.noise', {
      right: observed.noiseRight,
      n: observed.images,
      attacked: right,
    }),
  );
}

function sweep({ attack, probe }: SanityEvidence): Finding {
  if (!probe) return unchecked(sentence('sanity.sweep.unchecked'));
  const last = probe.sweep.at(-1);
  if (!last) return finding(true, sentence('sanity.sweep.none'));
  const { right, n } = last;
  const epsilon = formatSize(attack.norm, last.epsilon);
  if (right === 0) return finding(true, sentence('sanity.sweep.fall', { n, epsilon }));
  return finding(false, sentence('sanity.sweep.stand', { right, n, epsilon }));
}

function gradients({ observed }: SanityEvidence): Finding {
  if (!observed) return unchecked(sentence('sanity.gradients.unchecked'));
  const { zeroGradientImages, images } = observed;
  if (zeroGradientImages === null) return unchecked(sentence('sanity.gradients.none'));
  return finding(
    zeroGradientImages === 0,
    sentence('sanity.gradients', { zero: zeroGradientImages, n: images }),
  );
}

/** Square on the same images at the same size must not do better than the attack that reads gradients. */
function blackBox({ outcomes, probe, sample }: SanityEvidence): Finding {
  if (!probe?.blackBox) return unchecked(sentence('sanity.black-box.unchecked'));
  const { queries, right } = probe.blackBox;
  const rows = new Map(outcomes.map((row) => [row.id, row]));
  const white = sample.filter((id) => rows.get(id)?.adversarial === rows.get(id)?.label).length;
  const black = right.filter(Boolean).length;
  const alone = sample.filter((id, i) => !right[i] && isRight(rows.get(id))).length;
  return finding(
    black >= white,
    sentence('sanity.black-box', { queries, black, white, alone, n: right.length }),
  );
}

function isRight(row: Outcome | undefined): boolean {
  return row !== undefined && row.adversarial === row.label;
}
