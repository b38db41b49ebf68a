import { z } from 'zod';
import { sentenceSchema } from './sentence.ts';

/** What was seen while images were attacked; sums over images, so that parts of an evaluation add up. */
export const attackObservationSchema = z.strictObject({
  images: z.int().min(0),
  /** Largest distance from a clean image, in the attack's norm (pixel units). */
  maxDistance: z.number(),
  /** Smallest and largest pixel of the adversarial images. */
  minPixel: z.number(),
  maxPixel: z.number(),
  /** Images whose first gradient was exactly 0 everywhere; null for attacks without gradients. */
  zeroGradientImages: z.int().nullable(),
  /** Images that stay right under one draw of uniform noise from the same ball. */
  noiseRight: z.int(),
});
export type AttackObservation = z.infer<typeof attackObservationSchema>;

/** What was seen of two parts of one evaluation. */
export function sumOfObservations(a: AttackObservation, b: AttackObservation): AttackObservation {
  const gradients = [a.zeroGradientImages, b.zeroGradientImages];
  const counted = gradients.every((count) => count !== null);
  return {
    images: a.images + b.images,
    maxDistance: Math.max(a.maxDistance, b.maxDistance),
    minPixel: Math.min(a.minPixel, b.minPixel),
    maxPixel: Math.max(a.maxPixel, b.maxPixel),
    zeroGradientImages: counted ? gradients.reduce<number>((sum, n) => sum + (n ?? 0), 0) : null,
    noiseRight: a.noiseRight + b.noiseRight,
  };
}

/** What the probes after an evaluation found. */
export const attackProbeSchema = z.strictObject({
  /** The survivors' number still right as the ball grows; ends at 0 or at the largest ball tried. */
  sweep: z.array(z.strictObject({ epsilon: z.number(), right: z.int(), n: z.int() })),
  /** Square on a sample of images that are right when clean, in the sample's order. */
  blackBox: z.strictObject({ queries: z.int(), right: z.array(z.boolean()) }).nullable(),
});
export type AttackProbe = z.infer<typeof attackProbeSchema>;

export const SANITY_CHECKS = [
  'ball',
  'any-step',
  'last-step',
  'noise',
  'sweep',
  'gradients',
  'black-box',
] as const;

/** One thing that a sound attack does, whether this one did, and the numbers that say so. */
export const sanityCheckSchema = z.strictObject({
  name: z.enum(SANITY_CHECKS),
  status: z.enum(['passed', 'failed', 'unchecked']),
  reason: z.string(),
  /** The reason, with what it is made from; a report of an earlier version has none. */
  said: sentenceSchema.optional(),
});
export type SanityCheck = z.infer<typeof sanityCheckSchema>;

/** The badge beside a robust number: `sound` where every check passed, `doubtful` where one failed. */
export const attackSanitySchema = z.strictObject({
  badge: z.enum(['sound', 'doubtful', 'unchecked']),
  checks: z.array(sanityCheckSchema),
});
export type AttackSanity = z.infer<typeof attackSanitySchema>;
