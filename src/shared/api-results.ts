import { z } from 'zod';
import {
  bootstrapSchema,
  classReportSchema,
  comparedAttackSchema,
  disagreementSchema,
  mcnemarSchema,
  overSeedsSchema,
  pairRowSchema,
} from './api/compare.ts';
import { workspaceOriginSchema } from './api/workspace.ts';
import { evaluationAttackSchema } from './attack.ts';
import { attackSanitySchema } from './attack-sanity.ts';
import { doctorSchema, mapDriftSchema, stabilityRowSchema } from './engine-contract.ts';
import { picturePositionSchema, wordSchema } from './explained-parts.ts';
import { outcomeSchema, runStatusSchema, warningSchema } from './results.ts';
import { CLASS_SETS, methodNameSchema } from './run-config.ts';

/**
 * The documents that commands print with `--json` and that the window's calls answer with.
 * Accuracies are fractions; no number stands without its n and its attack.
 */

export const runReportSchema = z.strictObject({
  id: z.string(),
  status: runStatusSchema,
  /** Why it stopped or failed, in one sentence; null otherwise. */
  statusReason: z.string().nullable(),
  method: methodNameSchema,
  dataset: z.string(),
  model: z.string(),
  shots: z.int(),
  seed: z.int(),
  naturalAccuracy: z.number().nullable(),
  /** Images behind `naturalAccuracy`. */
  naturalN: z.int().nullable(),
  robustAccuracy: z.number().nullable(),
  /** Images behind `robustAccuracy`; behind `naturalAccuracy` where nothing was attacked. */
  n: z.int().nullable(),
  /** The attack behind `robustAccuracy`; null where nothing was evaluated. */
  attack: evaluationAttackSchema.nullable(),
  step: z.int(),
  totalSteps: z.int().nullable(),
  warnings: z.array(warningSchema),
});
export type RunReport = z.infer<typeof runReportSchema>;

const interval = z.tuple([z.number(), z.number()]);

/** One evaluation: its numbers, each with its interval, and the protocol behind them. */
export const evaluationReportSchema = z.strictObject({
  id: z.int(),
  status: runStatusSchema,
  dataset: z.string(),
  classes: z.enum(CLASS_SETS),
  /** Whether those are the classes that the run was trained on. */
  own: z.boolean(),
  purpose: z.enum(['result', 'sweep']),
  attack: evaluationAttackSchema,
  n: z.int(),
  naturalAccuracy: z.number().nullable(),
  /** 95 %, Wilson. */
  naturalCi: interval.nullable(),
  /** Null without an attack. */
  robustAccuracy: z.number().nullable(),
  robustCi: interval.nullable(),
  /** Null where nothing was attacked. */
  sanity: attackSanitySchema.nullable(),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

/** Image by image the worst of several attacks of one size. */
export const worstCaseSchema = z.strictObject({
  robustAccuracy: z.number(),
  ci: interval,
  n: z.int(),
  norm: z.enum(['linf', 'l2']),
  epsilon: z.number(),
  attacks: z.array(evaluationAttackSchema),
});
export type WorstCase = z.infer<typeof worstCaseSchema>;

export const runDocumentSchema = z.strictObject({
  run: runReportSchema,
  /** Every evaluation, newest first. */
  evaluations: z.array(evaluationReportSchema),
  /** Where several attacks of one size met the same images. */
  worstCases: z.array(worstCaseSchema),
  outcomes: z.array(outcomeSchema.omit({ perturbation: true })).optional(),
});
export type RunDocument = z.infer<typeof runDocumentSchema>;

export const runListSchema = z.strictObject({ runs: z.array(runReportSchema) });

/** A run with one of its evaluations, whatever else was measured later. */
export const evaluationDocumentSchema = z.strictObject({
  run: runReportSchema,
  evaluation: evaluationReportSchema,
});
export type EvaluationDocument = z.infer<typeof evaluationDocumentSchema>;

/** Several evaluations of one run, such as the points of a sweep. */
export const evaluationListSchema = z.strictObject({
  run: runReportSchema,
  evaluations: z.array(evaluationReportSchema),
});
export type EvaluationList = z.infer<typeof evaluationListSchema>;

/** Of several seeds the means; each test and interval counts an image once. */
export const pairedSchema = z.strictObject({
  a: z.number(),
  b: z.number(),
  /** b - a. */
  delta: z.number(),
  /** 95 %, Bonett-Price, of `delta`. */
  ci: interval,
  n: z.int(),
  mcnemar: mcnemarSchema,
  /** Smallest true difference that so many images would show; null where they can show none. */
  detectable: z.number().nullable(),
  bootstrap: bootstrapSchema,
  /** Null where there is one run, or one pair. */
  overSeeds: z.strictObject({
    a: overSeedsSchema.nullable(),
    b: overSeedsSchema.nullable(),
    delta: overSeedsSchema.nullable(),
  }),
  /** Seed by seed. */
  pairs: z.array(pairRowSchema),
});
export type Paired = z.infer<typeof pairedSchema>;

export const compareReportSchema = z.strictObject({
  /** Ids, joined by commas where a side has several seeds. */
  a: z.string(),
  b: z.string(),
  natural: pairedSchema,
  /** Null where the two were not both attacked in the same way. */
  robust: pairedSchema.nullable(),
  attack: evaluationAttackSchema.nullable(),
  /** Every attack that all of them met, and on how many images; what is compared is one of them. */
  attacks: z.array(comparedAttackSchema),
  verdict: z.string(),
  /** What makes the two hard to compare: other weights, another split. */
  unlike: z.array(z.string()),
  /** Runs without a partner of their seed, in sentences. */
  leftOut: z.array(z.string()),
  configDifference: z.array(z.strictObject({ path: z.string(), a: z.unknown(), b: z.unknown() })),
});
export type CompareReport = z.infer<typeof compareReportSchema>;

/** What `fapt compare A B --json` prints. */
export const compareDocumentSchema = compareReportSchema.extend({
  /** With `--classes`. */
  classes: classReportSchema.optional(),
  /** With `--images`. */
  images: disagreementSchema.optional(),
});
export type CompareDocument = z.infer<typeof compareDocumentSchema>;

export const doctorReportSchema = doctorSchema.extend({
  version: z.string(),
  workspace: z.string(),
  workspaceOrigin: workspaceOriginSchema,
  platform: z.string(),
});
export type FullDoctorReport = z.infer<typeof doctorReportSchema>;

const maps = z.strictObject({ clean: z.array(z.number()), adversarial: z.array(z.number()) });

export const attributionReportSchema = z.strictObject({
  run: z.string(),
  id: z.string(),
  label: z.string(),
  target: z.string(),
  targetText: z.string(),
  /** What made the adversarial image, and on which run. */
  attack: evaluationAttackSchema,
  protocol: z.string(),
  attackedRun: z.string(),
  /** The step shown; null: what the attack answers with. */
  step: z.int().nullable(),
  source: z.enum(['kept', 'rebuilt']),
  /** Of the perturbation: largest change of a pixel, and length over the whole image. */
  linf: z.number(),
  l2: z.number(),
  /** Where the square that the model sees lies in the upright picture. */
  position: picturePositionSchema,
  grid: z.tuple([z.int(), z.int()]),
  image: maps,
  tokens: z.array(z.string()),
  text: maps,
  /** Pieces of one word together: their sum. */
  words: z.array(wordSchema),
  classNames: z.array(z.string()),
  logits: maps,
  /** Each class's logit minus the best other. */
  margins: maps,
  predicted: z.strictObject({ clean: z.string(), adversarial: z.string() }),
  drift: mapDriftSchema,
  files: z.array(z.string()),
});
export type AttributionReport = z.infer<typeof attributionReportSchema>;

const measuredMean = z.strictObject({
  mean: z.number(),
  /** 95 %, percentile bootstrap over images, or over clusters where they come in such. */
  ci: interval.nullable(),
  /** Images behind it: a map without order has no rank correlation. */
  n: z.int(),
});

/** The numbers of `stabilityRowSchema` that are summed up. */
export const STABILITY_NUMBERS = [
  'imageL2',
  'imageKl',
  'imageSpearman',
  'imageTopIou',
  'textKl',
  'textSpearman',
  'insertionClean',
  'insertionAdversarial',
  'deletionClean',
  'deletionAdversarial',
] as const;

/** How far a run's maps move under its newest attack. */
export const stabilityReportSchema = z.strictObject({
  run: z.string(),
  method: methodNameSchema,
  dataset: z.string(),
  model: z.string(),
  attack: evaluationAttackSchema,
  n: z.int(),
  bootstrap: z.strictObject({ seed: z.int(), resamples: z.int(), clusters: z.int() }),
  /** Null where a number was not measured. */
  numbers: z.record(z.enum(STABILITY_NUMBERS), measuredMean.nullable()),
  examples: z.array(stabilityRowSchema),
});
export type StabilityReport = z.infer<typeof stabilityReportSchema>;

export const predictReportSchema = z.strictObject({
  run: z.string(),
  classNames: z.array(z.string()),
  predictions: z.array(
    z.strictObject({
      path: z.string(),
      class: z.string(),
      probability: z.number(),
      probabilities: z.array(z.number()),
    }),
  ),
});
export type PredictReport = z.infer<typeof predictReportSchema>;

export const writtenBundleSchema = z.strictObject({
  run: z.string(),
  file: z.string(),
  sizeBytes: z.int(),
});

/** A run that came from a bundle, and what was not in the workspace: rows without their files. */
export const openedBundleSchema = z.strictObject({
  run: z.string(),
  datasetsWithoutPictures: z.array(z.string()),
  modelWithoutWeights: z.string().nullable(),
});
export type OpenedBundle = z.infer<typeof openedBundleSchema>;

/** Several bundles, by their files. */
export const openedBundlesSchema = z.strictObject({
  opened: z.array(openedBundleSchema.extend({ file: z.string() })),
  /** Whose runs were in the workspace already. */
  known: z.array(z.string()),
  failures: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
});
export type OpenedBundles = z.infer<typeof openedBundlesSchema>;
