import { z } from 'zod';
import { evaluationReportSchema, openedBundleSchema, runDocumentSchema } from '../api-results.ts';
import { evaluationAttackSchema } from '../attack.ts';
import { outcomeSchema, runStatusSchema, warningSchema } from '../results.ts';
import { methodNameSchema, runConfigSchema } from '../run-config.ts';
import { splitNameSchema } from './datasets.ts';
import { bytesSchema, procedure } from './procedure.ts';
import { queueItemSchema } from './queue.ts';
import { explainContract } from './run-explain.ts';
import { binContract, noteSchema, notesContract, tagsContract } from './run-keeping.ts';
import { runFilterSchema, runSortSchema } from './run-query.ts';

/** A row of the list of runs. Accuracies are fractions and stand with their n and their attack. */
export const runItemSchema = z.strictObject({
  id: z.string(),
  method: methodNameSchema,
  dataset: z.string(),
  model: z.string(),
  shots: z.int(),
  seed: z.int(),
  status: runStatusSchema,
  statusReason: z.string().nullable(),
  /** The protocol that queued it; null for a run of its own. */
  protocol: z.string().nullable(),
  createdAt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
  epoch: z.int(),
  step: z.int(),
  totalSteps: z.int().nullable(),
  tags: z.array(z.string()),
  starred: z.boolean(),
  natural: z.strictObject({ accuracy: z.number(), n: z.int() }).nullable(),
  robust: z
    .strictObject({ accuracy: z.number(), n: z.int(), attack: evaluationAttackSchema })
    .nullable(),
  /** Runs with one key differ in their seed alone. */
  group: z.string(),
});
export type RunItem = z.infer<typeof runItemSchema>;

const overSeedsSchema = z.strictObject({
  /** Seeds behind the mean. */
  n: z.int(),
  mean: z.number(),
  /** Over n - 1; null for a single seed. */
  std: z.number().nullable(),
  /** Images behind each accuracy. */
  images: z.int(),
});

/** Runs that differ in their seed alone. */
export const runGroupSchema = z.strictObject({
  key: z.string(),
  method: methodNameSchema,
  dataset: z.string(),
  model: z.string(),
  shots: z.int(),
  /** Newest first. */
  runs: z.array(z.strictObject({ id: z.string(), seed: z.int(), status: runStatusSchema })),
  natural: overSeedsSchema.nullable(),
  /** Under the attack that most of them met; the others are left out of it. */
  robust: overSeedsSchema.extend({ attack: evaluationAttackSchema }).nullable(),
  newestAt: z.int(),
});
export type RunGroup = z.infer<typeof runGroupSchema>;

export const runDetailSchema = z.strictObject({
  item: runItemSchema,
  config: runConfigSchema,
  document: runDocumentSchema,
  /** Versions, device and threads: what a repetition needs to be equal bit for bit. */
  environment: z.unknown(),
  modelHash: z.string(),
  splitHash: z.string(),
  /** The few-shot images in the order drawn. */
  sampleIds: z.array(z.string()),
  classNames: z.array(z.string()),
  /** Real images of each class; fewer than `shots` where a class has fewer. */
  classCounts: z.array(z.int()).nullable(),
  notes: z.array(noteSchema),
  warnings: z.array(warningSchema),
  /** Whether its prompts can be used: evaluated, predicted with, explained. */
  usable: z.boolean(),
  checkpoint: z.strictObject({ step: z.int(), epoch: z.int(), sizeBytes: z.int() }).nullable(),
  /** What a watched training is probed on after each epoch; null where nothing is trained. */
  probe: z
    .strictObject({
      split: splitNameSchema,
      images: z.array(z.string()),
      pinned: z.array(z.string()),
      attack: evaluationAttackSchema,
    })
    .nullable(),
  /** Bytes of its files. */
  diskBytes: z.int(),
  /** The job that works on it, or will. */
  job: queueItemSchema.nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/**
 * One metric over steps; the three arrays have one length. Values may be NaN or infinite. Names:
 * `loss`, `learningRate`, `gradientNorm`, `seconds` (of a step), `terms.NAME` (raw). One value an
 * epoch: `gradientShares.NAME`, `peakRssBytes` (of the engine), `probe.natural` and `probe.robust`
 * (accuracy on the run's probe set), `drift.image/IMAGE` (l2) and `drift.text/IMAGE` (KL) of each
 * pinned image.
 */
export const metricSeriesSchema = z.strictObject({
  name: z.string(),
  steps: z.instanceof(Float64Array),
  epochs: z.instanceof(Float64Array),
  values: z.instanceof(Float64Array),
});
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

export const estimateSchema = z.strictObject({
  /** Few-shot images and updates of the training; 0 where there is nothing to train. */
  images: z.int(),
  steps: z.int(),
  secondsPerStep: z.number(),
  trainingSeconds: z.number(),
  evaluationSeconds: z.number(),
  seconds: z.number(),
  /** Of the engine, after the steps that were timed. */
  peakRssBytes: z.number(),
  warnings: z.array(warningSchema),
});
export type Estimate = z.infer<typeof estimateSchema>;

export const outcomeRowSchema = outcomeSchema.omit({ perturbation: true });

const run = z.strictObject({ run: z.string().min(1) });
const plan = z.strictObject({
  config: runConfigSchema,
  /** To follow the training. */
  evaluations: z.array(evaluationAttackSchema).default([]),
});
const page = {
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(500).default(200),
};

export const runsContract = {
  /** Checks everything, draws the images and queues the run with its evaluations. */
  create: procedure
    .input(
      plan.extend({
        strict: z.boolean().default(false),
        note: z.string().optional(),
        tags: z.array(z.string()).default([]),
      }),
    )
    .output(z.strictObject({ run: z.string(), job: queueItemSchema })),
  /** Time and memory from two timed steps. Throws `engine-busy` while a job runs. */
  estimate: procedure.input(plan).output(estimateSchema),
  list: procedure
    .input(
      z.strictObject({
        filter: runFilterSchema.default({}),
        sort: runSortSchema.default({ by: 'created', descending: true }),
        ...page,
      }),
    )
    .output(z.strictObject({ total: z.int(), runs: z.array(runItemSchema) })),
  /** The same runs, grouped by everything but the seed. */
  groups: procedure
    .input(
      z.strictObject({
        filter: runFilterSchema.default({}),
        sort: runSortSchema.default({ by: 'created', descending: true }),
        ...page,
      }),
    )
    .output(z.strictObject({ total: z.int(), groups: z.array(runGroupSchema) })),
  /** By id or by its first letters. */
  get: procedure.input(run).output(runDetailSchema),
  /** Points after `afterStep`, of every metric or of those named. */
  metrics: procedure
    .input(
      run.extend({
        afterStep: z.int().min(-1).default(-1),
        names: z.array(z.string()).optional(),
      }),
    )
    .output(z.strictObject({ lastStep: z.int(), series: z.array(metricSeriesSchema) })),
  outcomes: procedure
    .input(
      run.extend({
        /** Null: the one behind the robust accuracy, else behind the natural one. */
        evaluation: z.int().nullable().default(null),
        show: z.enum(['all', 'wrong', 'fooled', 'robust']).default('all'),
        ...page,
      }),
    )
    .output(
      z.strictObject({
        total: z.int(),
        evaluation: evaluationReportSchema.nullable(),
        outcomes: z.array(outcomeRowSchema),
      }),
    ),
  star: procedure.input(run.extend({ starred: z.boolean() })).output(z.void()),
  /** Goes on after the last epoch: the schedule is laid over the longer training. */
  moreEpochs: procedure
    .input(run.extend({ epochs: z.int().min(1).max(10_000) }))
    .output(queueItemSchema),
  /** Queues an evaluation of a run whose training is done. */
  evaluate: procedure.input(run.extend({ attack: evaluationAttackSchema })).output(queueItemSchema),
  /** All that is known of a run, as one file to save. */
  bundle: procedure.input(run).output(z.strictObject({ name: z.string(), bytes: bytesSchema })),
  /** Brings in the run of a bundle on the application's machine. */
  openBundle: procedure
    .input(z.strictObject({ path: z.string().min(1) }))
    .output(openedBundleSchema),
  ...explainContract,
  tags: tagsContract,
  notes: notesContract,
  bin: binContract,
};
