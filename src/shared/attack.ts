import { z } from 'zod';

/** 1/255: the unit in which epsilon and step size are shown. Stored values are in pixel units [0, 1]. */
export const PIXEL_STEP = 1 / 255;

/** The attack inside a training step: l-inf PGD (methods 1.5), last iterate, one random start. */
export const trainingAttackSchema = z.strictObject({
  loss: z.enum(['ce', 'kl']),
  epsilon: z.number().min(0).max(1),
  stepSize: z.number().min(0).max(1),
  steps: z.int().min(0).max(1000),
  /**
   * APT: whose text the attack reads: the prompts as they are learned (on the fly), a constant hand
   * prompt, or prompts that move against the loss during the attack.
   */
  prompts: z.enum(['onfly', 'constant', 'perturbed']).default('onfly'),
  /** Step of perturbed prompts: plain gradient ascent on the cross-entropy. */
  promptStepSize: z.number().min(0).default(0.001),
});
export type TrainingAttack = z.infer<typeof trainingAttackSchema>;

/**
 * `noise` is one draw from the ball, a baseline. `pgd` Madry et al. 2018; `apgd`, `fab` and
 * `autoattack` Croce and Hein 2020; `square` Andriushchenko et al. 2020.
 */
export const ATTACK_NAMES = [
  'none',
  'noise',
  'pgd',
  'apgd',
  'fab',
  'square',
  'autoattack',
] as const;
export const attackNameSchema = z.enum(ATTACK_NAMES);
export type AttackName = z.infer<typeof attackNameSchema>;

/**
 * What a gradient attack climbs: cross-entropy, KL from the clean prediction, the margin (best other
 * logit minus the true one; Carlini and Wagner 2017), the difference of logits ratio, or its form
 * against one target class after the other.
 */
export const ATTACK_LOSSES = ['ce', 'kl', 'margin', 'dlr', 'dlr-targeted'] as const;
export const attackLossSchema = z.enum(ATTACK_LOSSES);
export type AttackLoss = z.infer<typeof attackLossSchema>;

/** The attack of an evaluation, and on which images it ran: the protocol of a robust number. */
export const evaluationAttackSchema = z.strictObject({
  name: attackNameSchema,
  norm: z.enum(['linf', 'l2']).default('linf'),
  loss: attackLossSchema.default('ce'),
  /** Radius of the ball: l-inf in pixel units [0, 1], l2 over the whole image. */
  epsilon: z.number().min(0).max(1000).default(PIXEL_STEP),
  /** PGD only; the others choose their steps themselves. */
  stepSize: z.number().min(0).max(1000).default(PIXEL_STEP),
  /** Gradient steps, or queries of `square`; `autoattack` gives it to each gradient attack. */
  steps: z.int().min(0).max(100_000).default(100),
  restarts: z.int().min(1).max(100).default(1),
  /** PGD: start inside the ball, or at the image itself. */
  randomStart: z.boolean().default(true),
  /** PGD: which iterate counts, the last (as published) or the one of highest loss. */
  iterate: z.enum(['last', 'best']).default('last'),
  /** Target classes of `dlr-targeted` and `fab`, the likeliest wrong ones first. */
  targetClasses: z.int().min(1).max(1000).default(9),
  /**
   * An image counts as fooled from the first step that fooled it, and leaves the attack there
   * (any-step accuracy). Never mixed with numbers of the last step.
   */
  stopWhenFooled: z.boolean().default(false),
  /** Id of the run whose prompts made the adversarial images (transfer); null is the run itself. */
  source: z.string().nullable().default(null),
  /** AdvVP: the learned border in every forward pass, or (as published) only while attacking. */
  frame: z.enum(['always', 'attack-only']).default('always'),
  /** Number of test images, balanced (the first of each class in split order); null means all. */
  subset: z.int().min(1).nullable().default(null),
});
export type EvaluationAttack = z.infer<typeof evaluationAttackSchema>;

/** `4/255` for 0.01569, otherwise four significant digits. */
export function formatEpsilon(value: number): string {
  const steps = value * 255;
  const rounded = Math.round(steps * 100) / 100;
  return Math.abs(steps - rounded) < 1e-6 ? `${rounded}/255` : value.toPrecision(4);
}

/** A radius or a step as people read it: k/255 in l-inf, a length in l2. */
export function formatSize(norm: EvaluationAttack['norm'], value: number): string {
  return norm === 'l2' ? value.toPrecision(4) : formatEpsilon(value);
}

const LOSS_TITLES: Record<AttackLoss, string> = {
  ce: 'CE',
  kl: 'KL',
  margin: 'margin',
  dlr: 'DLR',
  'dlr-targeted': 'targeted DLR',
};

/** `PGD-100`, `APGD-100`, `Square-5000`, `AutoAttack-100`, `noise`. */
function titleOf({ name, steps, loss }: EvaluationAttack): string {
  switch (name) {
    case 'none':
      return 'no attack';
    case 'noise':
      return 'random noise';
    case 'pgd':
      return `PGD-${steps} (${loss})`;
    case 'apgd':
      return `APGD-${steps} (${LOSS_TITLES[loss]})`;
    case 'fab':
      return `FAB-T-${steps}`;
    case 'square':
      return `Square-${steps}`;
    case 'autoattack':
      return `AutoAttack (standard, ${steps} steps)`;
  }
}

/** `PGD-100 (ce), eps 1/255, step 1/255, 1 restart`: stands beside every robust number. */
export function describeAttack(attack: EvaluationAttack): string {
  if (attack.name === 'none') return titleOf(attack);
  const size = formatSize(attack.norm, attack.epsilon);
  const parts = [titleOf(attack), attack.norm === 'l2' ? `l2 eps ${size}` : `eps ${size}`];
  if (attack.name === 'pgd') parts.push(`step ${formatSize(attack.norm, attack.stepSize)}`);
  parts.push(attack.restarts === 1 ? '1 restart' : `${attack.restarts} restarts`);
  if (!attack.randomStart) parts.push('no random start');
  if (attack.iterate === 'best') parts.push('best iterate');
  if (attack.stopWhenFooled) parts.push('any step counts');
  if (attack.source) parts.push(`images made on run ${attack.source}`);
  if (attack.frame === 'attack-only') parts.push('border only while attacking');
  return parts.join(', ');
}
