import { z } from 'zod';
import { evaluationAttackSchema } from '../attack.ts';
import { attackSanitySchema } from '../attack-sanity.ts';
import {
  noiseDrawSchema,
  perturbationSizeSchema,
  readSchema,
  traceSchema,
} from '../engine-trace.ts';
import { warningSchema } from '../results.ts';
import { imageIdentitySchema, imageSourceSchema } from './attribution.ts';
import { procedure, workStream } from './procedure.ts';

/** One image under one attack on one run. */
export const labInputSchema = z.strictObject({
  run: z.string().min(1),
  image: imageSourceSchema,
  /** The class of an image that no split tells it of; null: what the run takes it for. */
  label: z.string().min(1).nullable().default(null),
  /** Null: the run's newest robust accuracy, else the attack it would be measured with. */
  attack: evaluationAttackSchema.nullable().default(null),
});
export type LabInput = z.infer<typeof labInputSchema>;

const sweepInputSchema = labInputSchema.extend({
  /** In the attack's norm; ascending in the answer. */
  epsilons: z.array(z.number().min(0).max(1000)).min(1).max(50),
});
export type SweepInput = z.infer<typeof sweepInputSchema>;

const noiseInputSchema = labInputSchema.extend({
  draws: z.int().min(1).max(1000).default(100),
});
export type NoiseInput = z.infer<typeof noiseInputSchema>;

/** What every answer of the lab is about. */
const labSubjectSchema = z.strictObject({
  run: z.string(),
  method: z.string(),
  image: imageIdentitySchema,
  classNames: z.array(z.string()),
  attack: evaluationAttackSchema,
  protocol: z.string(),
  /** Seed of the attack's draws; each is named by it, the attack, its purpose and the image. */
  seed: z.int(),
});

/** Every step of the restart that the attack answered with. */
export const labTrajectorySchema = labSubjectSchema.extend({
  clean: traceSchema.shape.clean,
  /** Empty for attacks that are no ascent (fab, square, noise): they have an answer alone. */
  steps: traceSchema.shape.steps,
  /** Steps whose image and maps can be asked for (`attribution.get` with `adversary.step`), ascending. */
  kept: z.array(z.int()),
  /** First fooled step from 1 over all restarts; null: never. */
  fooledAt: z.int().nullable(),
  /** Its step is one of `steps`; null where the attack has none. */
  answer: traceSchema.shape.answer,
  warnings: z.array(warningSchema),
  timing: z.strictObject({ cached: z.boolean(), attackMs: z.number() }),
});
export type LabTrajectory = z.infer<typeof labTrajectorySchema>;

/** The same attack at other sizes, each from its own random start (none is warmed by another). */
export const epsilonSweepSchema = labSubjectSchema.extend({
  starts: z.literal('independent'),
  points: z.array(
    readSchema.extend({
      epsilon: z.number(),
      /** Keeps its share of the size. */
      stepSize: z.number(),
      /** First fooled step from 1; null: never. */
      fooledAt: z.int().nullable(),
      ...perturbationSizeSchema.shape,
    }),
  ),
  /** The smallest size tried that fools; null: none does. */
  smallestFooling: z.number().nullable(),
});
export type EpsilonSweep = z.infer<typeof epsilonSweepSchema>;

/** Uniform noise of the attack's size: what chance does. */
export const noiseBaselineSchema = labSubjectSchema.extend({
  draws: z.array(noiseDrawSchema),
  fooled: z.int(),
  /** 95 %, Wilson, of the share that fools. */
  ci: z.tuple([z.number(), z.number()]),
});
export type NoiseBaseline = z.infer<typeof noiseBaselineSchema>;

/** The checks of an evaluation's badge for this one image. */
export const labSanitySchema = labSubjectSchema.extend({ sanity: attackSanitySchema });
export type LabSanity = z.infer<typeof labSanitySchema>;

export const labContract = {
  /** Runs the attack once; steps are kept for `attribution.get`. Stops within a step. */
  trajectory: procedure.input(labInputSchema).output(workStream(labTrajectorySchema)),
  epsilonSweep: procedure.input(sweepInputSchema).output(workStream(epsilonSweepSchema)),
  noise: procedure.input(noiseInputSchema).output(workStream(noiseBaselineSchema)),
  sanity: procedure.input(labInputSchema).output(workStream(labSanitySchema)),
};
