import { z } from 'zod';

/** What becomes of weight files: how they fit, where they came from, how they were tried. */

/** The whole of a CLIP, or an image tower that replaces that of another one. */
export const modelRoleSchema = z.enum(['clip', 'image-tower']);

/** Where a model's weights came from, when they are not simply the files at its path. */
export const modelOriginSchema = z.strictObject({
  /** The file it was made from, or the address it was fetched from. */
  source: z.string(),
  /** SHA-256 of that file, or of the list of its files' hashes. */
  sha256: z.string(),
  role: modelRoleSchema,
  /** The model that gives everything but the image tower. */
  base: z.strictObject({ name: z.string(), sha256: z.string() }).nullable(),
  /** The commit of a downloaded repository. */
  revision: z.string().nullable(),
});
export type ModelOrigin = z.infer<typeof modelOriginSchema>;

/** What was seen when a model's logits were computed twice before its first use. */
export const selfTestSchema = z.strictObject({
  /** Logits of made-up images and texts, row by row. */
  logits: z.array(z.number()),
});
export type SelfTest = z.infer<typeof selfTestSchema>;

export const weightRowSchema = z.strictObject({
  name: z.string(),
  /** The shape that the rest of the file asks for; null where nothing asks for it. */
  wanted: z.array(z.int()).nullable(),
  found: z.array(z.int()).nullable(),
  problem: z.enum(['missing', 'shape', 'unknown']).nullable(),
});
export type WeightRow = z.infer<typeof weightRowSchema>;

export const weightReportSchema = z.strictObject({
  format: z.enum(['safetensors', 'torch']),
  layout: z.enum(['huggingface', 'openai']).nullable(),
  tensors: z.int(),
  /** Why it cannot be used; null where it can. */
  reason: z.string().nullable(),
  /** What does not fit; every tensor where nothing tells what should be there. */
  rows: z.array(weightRowSchema),
});
export type WeightReport = z.infer<typeof weightReportSchema>;

/** Weights to be written anew as one safetensors file. */
export const convertJobSchema = z.strictObject({
  /** Weights of a CLIP. */
  source: z.string(),
  /** An image tower to put in the place of its own. */
  imageTower: z.string().nullable(),
  /** The folder to write to. */
  target: z.string(),
});
export type ConvertJob = z.infer<typeof convertJobSchema>;
