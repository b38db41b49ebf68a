import { z } from 'zod';
import { tunedModelSchema } from './engine-contract.ts';

/** Asks what the prompts of a tuned model have become. */
export const promptsJobSchema = z.strictObject({
  tuned: tunedModelSchema,
  /** Nearest vocabulary pieces of each vector, by each measure. */
  nearest: z.int().min(1).max(50),
  /** The class whose context is looked at, where every class has its own. */
  context: z.int().min(0),
});
export type PromptsJob = z.infer<typeof promptsJobSchema>;

const wordSchema = z.strictObject({
  id: z.int(),
  /** The piece as the vocabulary writes it; `</w>` ends a word. */
  token: z.string(),
  /** Cosine, or Euclidean distance. */
  value: z.number(),
});
export type NearWord = z.infer<typeof wordSchema>;

/** How far values are from where they started; all of it as one vector. */
const driftSchema = z.strictObject({
  norm: z.number(),
  startNorm: z.number(),
  /** Norm of the change. */
  change: z.number(),
  /** With the start; null where one of them is zero. */
  cosine: z.number().nullable(),
});
export type Drift = z.infer<typeof driftSchema>;

export const promptVectorSchema = driftSchema.extend({
  tower: z.enum(['text', 'image']),
  /** The block at whose entry it stands, from 0. */
  block: z.int(),
  /** Its place in the prompt, from 0. */
  token: z.int(),
  /** Whether it is a projection of the other tower's vector, and not learned itself. */
  projected: z.boolean(),
  /** Null in the image tower, which has no vocabulary. Nearest first. */
  nearest: z
    .strictObject({ cosine: z.array(wordSchema), euclidean: z.array(wordSchema) })
    .nullable(),
});
export type PromptVector = z.infer<typeof promptVectorSchema>;

/** Learned values that are no vectors of a tower: coupling matrices with their biases, a border. */
export const promptTensorSchema = driftSchema.extend({
  name: z.string(),
  shape: z.array(z.int()),
});

export const promptReportSchema = z.strictObject({
  method: z.string(),
  /** Blocks that receive a prompt. */
  depth: z.int(),
  /** Contexts that were learned: one, or one a class. */
  contexts: z.int(),
  context: z.int(),
  /** Pieces that were searched; null where no words are learned. */
  vocabulary: z.int().nullable(),
  vectors: z.array(promptVectorSchema),
  tensors: z.array(promptTensorSchema),
});
export type PromptReport = z.infer<typeof promptReportSchema>;
