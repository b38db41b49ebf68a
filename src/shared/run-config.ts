import { z } from 'zod';
import { trainingAttackSchema } from './attack.ts';

export const METHOD_NAMES = [
  'zero-shot',
  'coop',
  'apt',
  'vpt',
  'advvp',
  'advvlp',
  'maple',
  'advmaple',
  'fap',
  'cba-fapt',
  'tecoa',
  'tga',
] as const;
export const methodNameSchema = z.enum(METHOD_NAMES);
export type MethodName = z.infer<typeof methodNameSchema>;

/** SGD with momentum, cosine schedule after constant warm-up epochs (methods 1.6). */
export const optimizerSchema = z.strictObject({
  learningRate: z.number().positive(),
  momentum: z.number().min(0).max(1),
  weightDecay: z.number().min(0),
  warmupEpochs: z.int().min(0),
  warmupLearningRate: z.number().min(0),
});

export const promptOptionsSchema = z.strictObject({
  /** Learned tokens a prompt (the paper: 2). */
  contextLength: z.int().min(1),
  /** Blocks that receive a prompt, counted from the first; limited by the model (methods A21). */
  depth: z.int().min(1),
  /**
   * `as-published` keeps the literal "{}" of the dataset's template in learned prompts (methods 3.7);
   * `clean` is "a photo of a"; `tecoa` is TeCoA's "This is a photo of a {}" with plain names (3.4).
   * Methods that learn no words read the dataset's own template, unless `tecoa` is chosen.
   */
  template: z.enum(['as-published', 'clean', 'tecoa']),
  /** Which tower's deep prompts are projections of the other's (A3, A4); coupled learners only. */
  coupling: z.enum(['image-to-text', 'text-to-image']).default('image-to-text'),
  /** A context of its own for every class (CoOp, APT); such prompts cannot move to other classes. */
  classSpecific: z.boolean().default(false),
  /** Where the class name stands among the learned words (CoOp, APT). */
  classPosition: z.enum(['end', 'middle', 'front']).default('end'),
  /** AdvVP: width of the learned border in pixels of a 224 image; scaled to other sizes. */
  border: z.int().min(1).default(30),
});

/** Loss weights and the open choices of the attribution terms (methods A12-A17). */
export const lossOptionsSchema = z.strictObject({
  /** CBA-FAPT and FAP: weight of the natural cross-entropy; 0 leaves it out. */
  natural: z.number().min(0).default(1),
  /** CBA-FAPT: weight of the adversarial cross-entropy. */
  alpha: z.number().min(0),
  /** CBA-FAPT: weight of the visual attribution alignment (eq. 9). */
  beta: z.number().min(0),
  /** CBA-FAPT: weight of the textual attribution alignment (eq. 10). */
  gamma: z.number().min(0),
  /** FAP: weight of its KL-and-cosine term. */
  lambda: z.number().min(0),
  /** S of eq. 1: the cosine, or the logit (the cosine times the logit scale). */
  score: z.enum(['cosine', 'logit']),
  /** How a signed token map becomes a distribution (A17). */
  tokenNormalization: z.enum(['softmax', 'magnitude']),
  /** Treat the clean map as a constant. */
  detachClean: z.boolean(),
  /** Treat the gradient weights w as a constant. */
  detachWeights: z.boolean(),
  /** Forward weights lambda_i: cosine (eq. 6), or the softmax of eq. 5 that the paper turns down. */
  forwardWeights: z.enum(['cosine', 'softmax']).default('cosine'),
  /** Forward weights over the full width, or a head at a time (A20). */
  heads: z.enum(['joined', 'separate']).default('joined'),
  /** Backward weights w (eq. 7); without them a map is the forward weights alone. */
  gradientWeights: z.boolean().default(true),
  /** TGA: weight of the attacked image's map against the frozen model's clean map. */
  refine: z.number().min(0).default(0.08),
  /** TGA: weight of the clean image's map against the frozen model's. */
  constrain: z.number().min(0).default(0.05),
});

export type LossOptions = z.infer<typeof lossOptionsSchema>;

export const CLASS_SETS = ['all', 'base', 'new'] as const;
export type ClassSet = (typeof CLASS_SETS)[number];

/** Everything that decides a run. `--set` and the form use the paths of this schema. */
export const runConfigSchema = z.strictObject({
  method: methodNameSchema,
  dataset: z.string().min(1),
  model: z.string().min(1),
  shots: z.int().min(1),
  /** All classes, or one half of them: base is the first ceil(n / 2), new the rest (methods 1.3). */
  classes: z.enum(CLASS_SETS).default('all'),
  /** Names every random stream of the run. 0 is refused: in the published code it means "unseeded". */
  seed: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  epochs: z.int().min(1),
  batchSize: z.int().min(1),
  /** Skip the last incomplete batch of an epoch, as published (A22). */
  dropLast: z.boolean(),
  optimizer: optimizerSchema,
  prompts: promptOptionsSchema,
  /** Training images squashed to the square, or cropped at random and mirrored (CoOp, MaPLe, APT). */
  transform: z.enum(['squash', 'random-crop']).default('squash'),
  attack: trainingAttackSchema,
  loss: lossOptionsSchema,
});
export type RunConfig = z.infer<typeof runConfigSchema>;
