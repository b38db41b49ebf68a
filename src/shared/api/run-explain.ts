import { z } from 'zod';
import { predictReportSchema } from '../api-results.ts';
import { splitNameSchema } from './datasets.ts';
import { bytesSchema, procedure } from './procedure.ts';

/** Images that a person dropped, or some of a dataset. */
export const predictInputSchema = z.strictObject({
  run: z.string().min(1),
  images: z.discriminatedUnion('from', [
    z.strictObject({
      from: z.literal('files'),
      files: z
        .array(z.strictObject({ name: z.string().min(1), bytes: bytesSchema }))
        .min(1)
        .max(200),
    }),
    z.strictObject({
      from: z.literal('dataset'),
      /** By name or id; classes are those of the run. */
      dataset: z.string().min(1),
      split: splitNameSchema.default('test'),
      ids: z.array(z.string()).min(1).max(200),
    }),
  ]),
});

export const explainContract = {
  /** Class probabilities; `path` of each prediction is the file's name or the image's id. */
  predict: procedure.input(predictInputSchema).output(predictReportSchema),
};
