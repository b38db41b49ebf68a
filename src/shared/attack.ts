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

/** The attack of an evaluation, and on which images it ran: the protocol of a robust number. */
export const evaluationAttackSchema = z.strictObject({
  name: z.enum(['none', 'pgd']),
  loss: z.enum(['ce', 'kl']).default('ce'),
  epsilon: z.number().min(0).max(1).default(PIXEL_STEP),
  stepSize: z.number().min(0).max(1).default(PIXEL_STEP),
  steps: z.int().min(0).max(10_000).default(100),
  restarts: z.int().min(1).max(100).default(1),
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

/** `PGD-100 (ce), eps 1/255, step 1/255, 1 restart`: stands beside every robust number. */
export function describeAttack(attack: EvaluationAttack): string {
  if (attack.name === 'none') return 'no attack';
  const restarts = attack.restarts === 1 ? '1 restart' : `${attack.restarts} restarts`;
  return (
    `PGD-${attack.steps} (${attack.loss}), eps ${formatEpsilon(attack.epsilon)}, ` +
    `step ${formatEpsilon(attack.stepSize)}, ${restarts}`
  );
}
