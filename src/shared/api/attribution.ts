import { z } from 'zod';
import { stabilityReportSchema } from '../api-results.ts';
import { evaluationAttackSchema } from '../attack.ts';
import { mapDriftSchema } from '../engine-contract.ts';
import { picturePositionSchema, tokenSchema, wordSchema } from '../explained-parts.ts';
import { splitNameSchema } from './datasets.ts';
import { bytesSchema, procedure, workStream } from './procedure.ts';

/** One image: of the run's test split, of any split, dropped on the window, or one dropped before. */
export const imageSourceSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('test'), example: z.string().min(1) }),
  z.strictObject({
    from: z.literal('dataset'),
    /** By name or id; its images have the run's classes where the names agree. */
    dataset: z.string().min(1),
    split: splitNameSchema,
    example: z.string().min(1),
  }),
  z.strictObject({ from: z.literal('file'), name: z.string().min(1), bytes: bytesSchema }),
  /** A dropped file again, by `image.sha256` of an answer about it; throws `image-forgotten`. */
  z.strictObject({
    from: z.literal('kept'),
    name: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
]);
export type ImageSource = z.infer<typeof imageSourceSchema>;

/** Characters of words that are explained; CLIP reads far fewer tokens. */
export const LONGEST_TEXT = 300;

/** What the maps explain. */
const targetSchema = z.discriminatedUnion('by', [
  /** The image's own class. */
  z.strictObject({ by: z.literal('label') }),
  z.strictObject({ by: z.literal('class'), name: z.string().min(1) }),
  /** What a run (null: this one) takes the clean or the adversarial image for. */
  z.strictObject({
    by: z.literal('prediction'),
    run: z.string().min(1).nullable().default(null),
    of: z.enum(['clean', 'adversarial']),
  }),
  /** Stands in the class name's place of the run's own prompt. */
  z.strictObject({ by: z.literal('text'), text: z.string().trim().min(1).max(LONGEST_TEXT) }),
]);
export type Target = z.infer<typeof targetSchema>;

/** Which adversarial image is looked at. */
const adversarySchema = z.strictObject({
  /** The run that was attacked to make it; null: the run that is explained. */
  run: z.string().min(1).nullable().default(null),
  /** Null: that run's newest robust accuracy, else the attack it would be measured with. */
  attack: evaluationAttackSchema.nullable().default(null),
  /** Step of PGD or APGD to look at, 0 being its start; null: what the attack answers with. */
  step: z.int().min(0).nullable().default(null),
});
export type Adversary = z.infer<typeof adversarySchema>;

export const explainInputSchema = z.strictObject({
  run: z.string().min(1),
  image: imageSourceSchema,
  /** The class of an image that no split tells it of; null: what the attacked run takes it for. */
  label: z.string().min(1).nullable().default(null),
  target: targetSchema.default({ by: 'label' }),
  adversary: adversarySchema.default({ run: null, attack: null, step: null }),
  /** Insertion and deletion areas too: about a hundred forward passes. */
  curves: z.boolean().default(false),
});
export type ExplainInput = z.infer<typeof explainInputSchema>;

export const imageIdentitySchema = z.strictObject({
  /** Path in the split, or the dropped file's name. */
  name: z.string(),
  sha256: z.string(),
  /** Index in `classNames`. */
  label: z.int(),
  /** `predicted`: nobody tells the class, so the attack leads away from the clean prediction. */
  labelFrom: z.enum(['split', 'given', 'predicted']),
  position: picturePositionSchema,
});

const pair = z.strictObject({ clean: z.array(z.number()), adversarial: z.array(z.number()) });
const numberPair = z.strictObject({ clean: z.number(), adversarial: z.number() });

/** How far this image's maps moved (docs/attribution.md); areas are null where they were not asked for. */
export const driftSchema = mapDriftSchema.extend({
  insertionClean: z.number().nullable(),
  insertionAdversarial: z.number().nullable(),
  deletionClean: z.number().nullable(),
  deletionAdversarial: z.number().nullable(),
});
export type ImageDrift = z.infer<typeof driftSchema>;

/** Whose attack made the adversarial image, and how it came here. */
const shownAdversarySchema = z.strictObject({
  run: z.string(),
  method: z.string(),
  attack: evaluationAttackSchema,
  /** One line: `PGD-100 (ce), eps 1/255, step 1/255, 1 restart, images made on run x`. */
  protocol: z.string(),
  seed: z.int(),
  /** The evaluation whose image this is; null where none was made. */
  evaluation: z.int().nullable(),
  /** Steps that can be looked at, ascending, 0 the start; empty for attacks without. */
  steps: z.array(z.int()),
  /** The step shown; null: the attack's answer, whichever step it is of. */
  step: z.int().nullable(),
  /** `kept` with the evaluation, or `rebuilt` by running the attack on this image again. */
  source: z.enum(['kept', 'rebuilt']),
  /** Share of pixels in which the attack run again differs from what was kept; null: not both there. */
  rebuiltDiffers: z.number().nullable(),
  /** Of the perturbation shown: largest change of a pixel, and length over the whole image. */
  linf: z.number(),
  l2: z.number(),
});

export const explanationSchema = z.strictObject({
  run: z.string(),
  method: z.string(),
  image: imageIdentitySchema,
  classNames: z.array(z.string()),
  target: z.strictObject({
    /** Null for free text. */
    label: z.int().nullable(),
    /** Class name or free text. */
    name: z.string(),
    /** The whole prompt. */
    text: z.string(),
  }),
  adversary: shownAdversarySchema,
  /** Rows and columns of the patch grid; maps are row-major and signed. */
  grid: z.tuple([z.int(), z.int()]),
  maps: pair,
  tokens: z.array(tokenSchema),
  words: z.array(wordSchema),
  /** One a class. */
  logits: pair,
  /** Each class's logit minus the best other (with one class the logit itself). */
  margins: pair,
  /** Cross-entropy with the image's label. */
  loss: numberPair,
  /** Index of the largest logit. */
  predicted: numberPair,
  drift: driftSchema,
  /** In [0, 1] as the model saw them, [3, size, size]. */
  pixels: z.strictObject({
    size: z.int(),
    clean: z.instanceof(Float32Array),
    adversarial: z.instanceof(Float32Array),
  }),
  timing: z.strictObject({
    /** Whether the answer was there already; times are then those of making it. */
    cached: z.boolean(),
    /** Running the attack again; 0 where it was kept. */
    attackMs: z.number(),
    mapsMs: z.number(),
  }),
});
export type Explanation = z.infer<typeof explanationSchema>;

export const attributionContract = {
  /**
   * Maps, logits and drift of one image, clean and adversarial. The kept perturbation is used; where
   * there is none (or a step is asked for) the attack runs once, with progress, and all of its steps
   * are kept, so that other steps of the same image answer at once. Answers are cached.
   */
  get: procedure.input(explainInputSchema).output(workStream(explanationSchema)),
  /** The picture itself, upright, as WebP at most `size` pixels wide and high. */
  picture: procedure
    .input(
      z.strictObject({
        run: z.string().min(1),
        image: imageSourceSchema,
        size: z.int().min(16).max(2048).default(640),
      }),
    )
    .output(
      z.strictObject({
        bytes: bytesSchema,
        contentType: z.string(),
        position: picturePositionSchema,
      }),
    ),
  /** How far a run's maps move over its attacked images, as far as measured; null: nothing is. */
  drift: procedure
    .input(z.strictObject({ run: z.string().min(1) }))
    .output(stabilityReportSchema.nullable()),
  /** Measures that on `images` attacked images, balanced over classes (null: all). Each batch is kept. */
  measureDrift: procedure
    .input(
      z.strictObject({
        run: z.string().min(1),
        images: z.int().min(1).nullable().default(25),
        curves: z.boolean().default(false),
      }),
    )
    .output(workStream(stabilityReportSchema)),
};
