import { z } from 'zod';
import {
  measuredSchema,
  PRESET_NAMES,
  protocolFactsSchema,
  protocolNameSchema,
  protocolRunSchema,
} from '../api-protocol.ts';
import { runStatusSchema } from '../results.ts';
import { methodNameSchema } from '../run-config.ts';
import { procedure, workStream } from './procedure.ts';

/** Which of the paper's tables, and what stands in it as ours. */
export const resultsViewSchema = z.strictObject({
  protocol: protocolNameSchema,
  /** `paper`: the workspace's datasets of the paper, beside its numbers; `demo`: the bundled pack alone. */
  set: z.enum(PRESET_NAMES).default('paper'),
  /** Null: the bundled model in `demo`; in `paper` nothing is planned without one. */
  model: z.string().nullable().default(null),
  /** Null: zero-shot CLIP and the paper's five systems. */
  methods: z.array(methodNameSchema).min(1).nullable().default(null),
  seeds: z.array(z.int().min(1)).min(1).max(20).default([1, 2, 3]),
  /** What of the evaluation is otherwise than the preset's; a `subset` of null is all test images. */
  attack: z
    .strictObject({
      epsilon: z.number().positive().max(1).optional(),
      steps: z.int().min(1).max(100_000).optional(),
      subset: z.int().min(1).nullable().optional(),
    })
    .default({}),
});
export type ResultsView = z.infer<typeof resultsViewSchema>;

/** What makes ours no measurement of the paper's thing. */
export const unlikeSchema = z.strictObject({
  what: z.enum(['weights', 'image-tower', 'epsilon', 'steps', 'subset', 'split']),
  ours: z.string(),
  paper: z.string(),
  /** The dataset that it is about; null for all of them. */
  dataset: z.string().nullable(),
});
export type Unlike = z.infer<typeof unlikeSchema>;

const valueSchema = z.strictObject({
  /** Over the seeds that are there; null where none is. */
  ours: measuredSchema.nullable(),
  /** The printed number of the same cell, as a fraction. */
  paper: z.number().nullable(),
  /** Ours minus the paper's; null where one is missing, or where the two are unlike. */
  difference: z.number().nullable(),
  /** Of the difference, from the spread of our seeds: the paper prints none of its own. */
  differenceCi: z.tuple([z.number(), z.number()]).nullable(),
  unlike: z.boolean(),
});
export type ResultsValue = z.infer<typeof valueSchema>;

const columnSchema = z.strictObject({
  key: z.string(),
  kind: z.enum(['dataset', 'source', 'base', 'new', 'harmonic', 'average', 'shots']),
  /** A dataset as the paper prints it or the workspace calls it; a number of shots. */
  name: z.string(),
  /** Why ours cannot stand here: the dataset is not in the workspace, or not all of the paper's are. */
  absent: z.enum(['dataset', 'some']).nullable(),
});
export type ResultsColumn = z.infer<typeof columnSchema>;

const cellSchema = z.strictObject({
  column: z.string(),
  natural: valueSchema,
  robust: valueSchema,
  /** Titles of the runs behind it, one a seed and dataset. */
  runs: z.array(z.string()),
});
export type ResultsCell = z.infer<typeof cellSchema>;

export const resultsTableSchema = z.strictObject({
  key: z.string(),
  kind: z.enum(['paper', 'dataset', 'average', 'cross-dataset']),
  /** `Table 1`, or a dataset's name. */
  name: z.string(),
  /** Datasets behind an average; otherwise 1. */
  count: z.int(),
  columns: z.array(columnSchema),
  rows: z.array(
    z.strictObject({
      key: z.string(),
      title: z.string(),
      method: methodNameSchema,
      cells: z.array(cellSchema),
    }),
  ),
});
export type ResultsTable = z.infer<typeof resultsTableSchema>;

export const resultsRunSchema = protocolRunSchema.extend({
  /** Of the job or the run; null where there is none. */
  status: runStatusSchema.nullable(),
  /** About how long what is left takes, by steps that were measured here; null where none was. */
  seconds: z.number().nullable(),
  /** Why the newest attempt failed. */
  failure: z.string().nullable(),
});
export type ResultsRun = z.infer<typeof resultsRunSchema>;

export const resultsReportSchema = z.strictObject({
  view: resultsViewSchema,
  /** What stands behind every number of ours; null where nothing can be planned, see `refusal`. */
  facts: protocolFactsSchema.nullable(),
  refusal: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  paper: z
    .strictObject({
      source: z.string(),
      setup: z.string(),
      notes: z.array(z.string()),
      notStated: z.array(z.string()),
      /** Whether it prints numbers; the few-shot curves are a picture. */
      printed: z.boolean(),
    })
    .nullable(),
  /** What of ours differs from the paper, where the paper stands beside it. */
  unlike: z.strictObject({ natural: z.array(unlikeSchema), robust: z.array(unlikeSchema) }),
  /** Names of the paper's datasets that the workspace lacks. */
  absent: z.array(z.string()),
  tables: z.array(resultsTableSchema),
  runs: z.array(resultsRunSchema),
});
export type ResultsReport = z.infer<typeof resultsReportSchema>;

export const resultsCostSchema = z.strictObject({
  /** Of those that were asked about, what is not there and not queued. */
  runs: z.array(z.string()),
  trainingSteps: z.int(),
  evaluations: z.int(),
  /** Null where the engine works on a job and not everything was measured before. */
  seconds: z.number().nullable(),
  /** Perturbations that the evaluations keep, within the limit of the settings. */
  diskBytes: z.number(),
});
export type ResultsCost = z.infer<typeof resultsCostSchema>;

const chosen = z.strictObject({
  view: resultsViewSchema,
  /** Titles of runs; null is every one that is left. */
  runs: z.array(z.string()).nullable(),
});

export const resultsContract = {
  report: procedure.input(resultsViewSchema).output(resultsReportSchema),
  /** What filling cells would take: steps that were never measured here are timed. */
  cost: procedure.input(chosen).output(workStream(resultsCostSchema)),
  /** Puts what is left of these runs in the queue; what waits there already is left alone. */
  fill: procedure.input(chosen).output(workStream(z.strictObject({ queued: z.int() }))),
};
