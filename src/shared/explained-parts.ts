import { z } from 'zod';

/** Where the square that the model sees lies in the upright picture, in its pixels (parts count). */
export const picturePositionSchema = z.strictObject({
  width: z.int(),
  height: z.int(),
  crop: z.strictObject({
    left: z.number(),
    top: z.number(),
    width: z.number(),
    height: z.number(),
  }),
});
export type PicturePosition = z.infer<typeof picturePositionSchema>;

/** A vocabulary piece of the target's text and its value in both token maps. */
export const tokenSchema = z.strictObject({
  /** The piece without its end-of-word mark; a learned word is `[1]`, `[2]`, ... */
  text: z.string(),
  /** A learned context token: it has no word. */
  learned: z.boolean(),
  /** The last piece of its word. */
  endsWord: z.boolean(),
  clean: z.number(),
  adversarial: z.number(),
});
export type ExplainedToken = z.infer<typeof tokenSchema>;

/** The pieces of one word together: values are summed, so that the whole text's sum stays. */
export const wordSchema = z.strictObject({
  text: z.string(),
  learned: z.boolean(),
  /** Place of its first piece among the tokens, and how many it has. */
  first: z.int(),
  count: z.int(),
  clean: z.number(),
  adversarial: z.number(),
});
export type ExplainedWord = z.infer<typeof wordSchema>;
