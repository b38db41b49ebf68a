import { z } from 'zod';
import { evaluationAttackSchema } from './attack.ts';
import { attackObservationSchema } from './attack-sanity.ts';
import { exampleSchema, tunedModelSchema } from './engine-contract.ts';
import { warningSchema } from './results.ts';

/** One image under one attack, step by step. */
export const traceJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  example: exampleSchema,
  attack: evaluationAttackSchema,
  files: z
    .strictObject({
      /** Gets the perturbations of the steps kept, float32 [steps, 3, S, S]. */
      trajectory: z.string(),
      /** Gets the attack's answer, float32 [3, S, S]. */
      answer: z.string(),
      /** Bound of the trajectory: where all steps are larger, every second, third, ... is kept. */
      maxBytes: z.int().min(0),
    })
    .nullable(),
});
export type TraceJob = z.infer<typeof traceJobSchema>;

/** What the model makes of an image: true logit minus the best other, and the largest logit's class. */
export const readSchema = z.strictObject({
  margin: z.number(),
  predicted: z.int(),
  fooled: z.boolean(),
});
/** Of a perturbation: largest change of a pixel, and length over the whole image. */
export const perturbationSizeSchema = z.strictObject({ linf: z.number(), l2: z.number() });

export const traceStepSchema = z.strictObject({
  /** 0 is the start. */
  step: z.int(),
  ...readSchema.shape,
  /** What the attack climbs. */
  loss: z.number(),
  logits: z.array(z.number()),
  ...perturbationSizeSchema.shape,
});
export type TraceStep = z.infer<typeof traceStepSchema>;

export const traceSchema = z.strictObject({
  clean: readSchema.extend({ logits: z.array(z.number()) }),
  /** Of the restart that the attack answers with; empty for attacks that are no ascent. */
  steps: z.array(traceStepSchema),
  /** The steps in the trajectory's file, ascending. */
  kept: z.array(z.int()),
  /** Over all restarts, from 1; null: never. */
  fooledAt: z.int().nullable(),
  /** `step`: which of `steps` it is; null for attacks that are no ascent. */
  answer: z.strictObject({
    step: z.int().nullable(),
    ...readSchema.shape,
    ...perturbationSizeSchema.shape,
  }),
  observed: attackObservationSchema,
  warnings: z.array(warningSchema),
});
export type Trace = z.infer<typeof traceSchema>;

export const traceEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.number() }),
  z.strictObject({ type: z.literal('trace'), trace: traceSchema }),
  z.strictObject({ type: z.literal('end'), status: z.enum(['finished', 'stopped']) }),
]);
export type TraceEvent = z.infer<typeof traceEventSchema>;

/** Uniform draws from an attack's ball around one image: what chance does. */
export const noiseJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  example: exampleSchema,
  /** Its norm, size and frame count. */
  attack: evaluationAttackSchema,
  draws: z.int().min(1),
});
export type NoiseJob = z.infer<typeof noiseJobSchema>;
export const noiseDrawSchema = z.strictObject({
  /** Names the draw: with the run's seed and the image it makes it again. */
  draw: z.int(),
  ...readSchema.shape,
});
export type NoiseDraw = z.infer<typeof noiseDrawSchema>;
export const noiseEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('draws'),
    draws: z.array(noiseDrawSchema),
    done: z.int(),
    total: z.int(),
  }),
  z.strictObject({ type: z.literal('end'), status: z.enum(['finished', 'stopped']) }),
]);
export type NoiseEvent = z.infer<typeof noiseEventSchema>;
