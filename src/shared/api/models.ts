import { z } from 'zod';
import { modelReportSchema } from '../engine-contract.ts';
import { tokenizationSchema } from '../engine-rpc.ts';
import { weightReportSchema } from '../model-weights.ts';
import { CLASS_SETS, methodNameSchema } from '../run-config.ts';
import { procedure, workStream } from './procedure.ts';

export const modelSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  layout: z.string(),
  sha256: z.string(),
  sizeBytes: z.int(),
  bundled: z.boolean(),
  report: modelReportSchema,
  /** What it was made of, in words; null for files that are used as they are. */
  origin: z.string().nullable(),
  /** Runs on it; one with runs cannot be removed. */
  runs: z.int(),
  createdAt: z.int(),
});
export type Model = z.infer<typeof modelSchema>;

/** By name or id. A bundled model is added when it is first named. */
const named = z.strictObject({ model: z.string().min(1) });
const name = z.string().min(1).optional();
/** The weights are an image tower, tuned by itself, in the place of that of this model. */
const base = z.string().min(1).optional();

export const modelsContract = {
  list: procedure.output(
    z.strictObject({
      models: z.array(modelSchema),
      /** Names that come with the application and were not asked for yet. */
      bundled: z.array(z.string()),
    }),
  ),
  get: procedure.input(named).output(modelSchema),
  /** How the tensors of a file fit, without adding it. */
  inspect: procedure.input(z.strictObject({ path: z.string().min(1) })).output(weightReportSchema),
  /** Tries the weights in the engine and keeps them, by path and hash. */
  add: procedure
    .input(z.strictObject({ path: z.string().min(1), name, base }))
    .output(workStream(modelSchema)),
  /**
   * Fetches from the hub (OWNER/NAME) or from an address; the only call that uses the network. What a
   * stop leaves is gone on with by the same call.
   */
  download: procedure
    .input(
      z.strictObject({
        from: z.string().min(1),
        name,
        base,
        revision: z.string().min(1).optional(),
        /** A mirror of the hub, instead of the setting's. */
        mirror: z.string().min(1).optional(),
        /** What a file fetched by its address must hash to. */
        sha256: z
          .string()
          .regex(/^[0-9a-fA-F]{64}$/)
          .optional(),
      }),
    )
    .output(workStream(modelSchema)),
  /** Makes a finished run of an official repository's prompts (`model.pth.tar-N`). */
  importPrompts: procedure
    .input(
      named.extend({
        path: z.string().min(1),
        method: methodNameSchema,
        dataset: z.string().min(1),
        /** As they were trained, by the word of who imports them. */
        shots: z.int().min(1),
        seed: z.int().min(1),
        classes: z.enum(CLASS_SETS).default('all'),
      }),
    )
    .output(workStream(z.strictObject({ run: z.string() }))),
  /** Throws `model-used` where runs are on it. Files of the person's own stay where they are. */
  remove: procedure.input(named).output(z.void()),
  tokens: procedure.input(named.extend({ text: z.string() })).output(tokenizationSchema),
};
