import { z } from 'zod';
import { compareReportSchema, runReportSchema } from './api-results.ts';
import { evaluationAttackSchema } from './attack.ts';
import { methodNameSchema } from './run-config.ts';
import { sentenceSchema } from './sentence.ts';

/** Accuracy over seeds; `std` (n - 1 below) and `ci` are null for a single seed. */
const overSeedsSchema = z.strictObject({
  n: z.int(),
  mean: z.number(),
  std: z.number().nullable(),
  ci: z.tuple([z.number(), z.number()]).nullable(),
});

export const demoMethodSchema = z.strictObject({
  method: methodNameSchema,
  title: z.string(),
  runs: z.array(runReportSchema),
  natural: overSeedsSchema,
  robust: overSeedsSchema,
});
export type DemoMethodSummary = z.infer<typeof demoMethodSchema>;

export const demoComparisonSchema = compareReportSchema.extend({
  seed: z.int(),
  aTitle: z.string(),
  bTitle: z.string(),
  /** The verdict, with what it is made from; a report of an earlier version has none. */
  said: z.array(sentenceSchema).default([]),
});
export type DemoComparison = z.infer<typeof demoComparisonSchema>;

/** What `fapt demo --json` prints. */
export const demoReportSchema = z.strictObject({
  /** Demo numbers are those of a small CLIP on drawn images, never the paper's. */
  demo: z.literal(true),
  dataset: z.string(),
  model: z.string(),
  shots: z.int(),
  seeds: z.array(z.int()),
  attack: evaluationAttackSchema,
  /** Test images behind each natural accuracy. */
  naturalN: z.int(),
  /** Test images behind each robust accuracy. */
  n: z.int(),
  methods: z.array(demoMethodSchema),
  comparisons: z.array(demoComparisonSchema),
  /** Runs that were there before. */
  reused: z.array(z.string()),
  report: z.string(),
  seconds: z.number(),
  /** Of the application and of the engine together. */
  peakRssBytes: z.number(),
});
export type DemoReport = z.infer<typeof demoReportSchema>;
