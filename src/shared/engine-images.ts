import { z } from 'zod';
import { stabilityJobSchema } from './engine-contract.ts';

/** Makes adversarial images anew and asks the model about them, as they are and in 8 bits. */
export const adversarialImagesJobSchema = z.strictObject({
  ...stabilityJobSchema.omit({ curves: true }).shape,
  /** Gets the images at its end, float32 [n, 3, S, S] in [0, 1], in the order of the examples. */
  file: z.string(),
});
export type AdversarialImagesJob = z.infer<typeof adversarialImagesJobSchema>;

/** What one image is taken for. */
export const adversarialImageSchema = z.strictObject({
  id: z.string(),
  label: z.int(),
  clean: z.int(),
  adversarial: z.int(),
  /** The adversarial image after each value was rounded to a 255th, as a PNG holds it. */
  rounded: z.int(),
});
export type AdversarialImage = z.infer<typeof adversarialImageSchema>;

export const adversarialImagesEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), done: z.number(), total: z.int() }),
  z.strictObject({
    type: z.literal('images'),
    images: z.array(adversarialImageSchema),
    done: z.int(),
    total: z.int(),
  }),
  z.strictObject({ type: z.literal('end'), status: z.enum(['finished', 'stopped']) }),
]);
export type AdversarialImagesEvent = z.infer<typeof adversarialImagesEventSchema>;
