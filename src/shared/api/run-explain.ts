import { z } from 'zod';
import { attributionReportSchema, predictReportSchema } from '../api-results.ts';
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

export const attributedImageSchema = attributionReportSchema.omit({ files: true }).extend({
  /** Pixels in [0, 1] as the model saw them, [3, size, size]. */
  pixels: z.strictObject({
    size: z.int(),
    clean: z.instanceof(Float32Array),
    adversarial: z.instanceof(Float32Array),
  }),
});

export const explainContract = {
  /** Class probabilities; `path` of each prediction is the file's name or the image's id. */
  predict: procedure.input(predictInputSchema).output(predictReportSchema),
  /** Maps and logits of one test image, clean and under the run's own newest attack. */
  attribute: procedure
    .input(
      z.strictObject({
        run: z.string().min(1),
        /** The image's path in the split. */
        example: z.string().min(1),
        /** The class whose text is explained; null is the true one. */
        className: z.string().nullable().default(null),
      }),
    )
    .output(attributedImageSchema),
};
