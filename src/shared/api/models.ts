import { z } from 'zod';
import { modelReportSchema } from '../engine-contract.ts';
import { tokenizationSchema } from '../engine-rpc.ts';
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

export const modelsContract = {
  list: procedure.output(
    z.strictObject({
      models: z.array(modelSchema),
      /** Names that come with the application and were not asked for yet. */
      bundled: z.array(z.string()),
    }),
  ),
  get: procedure.input(named).output(modelSchema),
  /** Tries the weights in the engine and keeps them, by path and hash. */
  add: procedure
    .input(z.strictObject({ path: z.string().min(1), name }))
    .output(workStream(modelSchema)),
  /** Fetches from the hub (OWNER/NAME) or from an address; the only call that uses the network. */
  download: procedure
    .input(z.strictObject({ from: z.string().min(1), name, revision: z.string().optional() }))
    .output(workStream(modelSchema)),
  /** Throws `model-used` where runs are on it. Files of the person's own stay where they are. */
  remove: procedure.input(named).output(z.void()),
  tokens: procedure.input(named.extend({ text: z.string() })).output(tokenizationSchema),
};
