import { z } from 'zod';
import { evaluationAttackSchema } from './attack.ts';
import { methodNameSchema } from './run-config.ts';

export const PROTOCOL_NAMES = ['few-shot', 'base-to-new', 'cross-dataset', 'ablation'] as const;
export const protocolNameSchema = z.enum(PROTOCOL_NAMES);
export type ProtocolName = z.infer<typeof protocolNameSchema>;

export const PRESET_NAMES = ['paper', 'demo'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** What a protocol was asked for: the protocol of every number in its table. */
const facts = {
  protocol: protocolNameSchema,
  preset: z.enum(PRESET_NAMES).nullable(),
  /** Whether the model or a dataset is one of the bundled ones. */
  demo: z.boolean(),
  model: z.string(),
  methods: z.array(methodNameSchema),
  /** In cross-dataset the targets, without the source. */
  datasets: z.array(z.string()),
  /** Cross-dataset: what is trained on. */
  source: z.string().nullable(),
  shots: z.array(z.int()),
  seeds: z.array(z.int()),
  /** The attack behind every robust accuracy; natural ones are on all test images. */
  attack: evaluationAttackSchema,
  /** Settings of every run that differ from its method's own, as `path=value`. */
  settings: z.array(z.string()),
  /** What must be said beside the numbers. */
  cautions: z.array(z.string()),
};
export const protocolFactsSchema = z.strictObject(facts);
export type ProtocolFacts = z.infer<typeof protocolFactsSchema>;

/** One run of a protocol, and how much of it there is. */
export const protocolRunSchema = z.strictObject({
  title: z.string(),
  method: methodNameSchema,
  dataset: z.string(),
  shots: z.int(),
  seed: z.int(),
  state: z.enum(['finished', 'partial', 'missing']),
  /** Id of the run that is used, null where there is none yet. */
  run: z.string().nullable(),
  /** Training steps and evaluations that are left. */
  stepsLeft: z.int(),
  evaluationsLeft: z.int(),
});
export type ProtocolRun = z.infer<typeof protocolRunSchema>;

/** What `fapt protocol NAME --dry-run --json` prints. */
export const protocolPlanSchema = z.strictObject({
  ...facts,
  dryRun: z.literal(true),
  /** `seconds`: about how long what is left takes here. */
  runs: z.array(protocolRunSchema.extend({ seconds: z.number() })),
  counts: z.strictObject({ finished: z.int(), partial: z.int(), missing: z.int() }),
  estimate: z.strictObject({
    seconds: z.number(),
    /** Perturbations that the evaluations keep, within the limit of the settings. */
    diskBytes: z.number(),
  }),
});
export type ProtocolPlanReport = z.infer<typeof protocolPlanSchema>;

/** What `fapt protocol NAME --slurm --json` prints. */
export const protocolSlurmSchema = z.strictObject({
  ...facts,
  slurm: z.strictObject({
    /** Absolute. */
    folder: z.string(),
    /** False with `--dry-run`, and where no run is left. */
    written: z.boolean(),
    /** Runs that are finished in the workspace and have no task. */
    finished: z.int(),
    /** In the order of their numbers, from 1; the words behind `fapt protocol`. */
    tasks: z.array(z.strictObject({ title: z.string(), words: z.array(z.string()) })),
    /** Commands, as they are typed. */
    submit: z.string(),
    gather: z.string(),
  }),
});
export type ProtocolSlurmReport = z.infer<typeof protocolSlurmSchema>;

/** Accuracy over seeds as a fraction; `std` (n - 1 below) is null for a single seed. */
export const measuredSchema = z.strictObject({
  /** Seeds. */
  n: z.int(),
  mean: z.number(),
  std: z.number().nullable(),
  /** Student's 95 % interval of the mean over seeds; null for a single seed. */
  ci: z.tuple([z.number(), z.number()]).nullable(),
  /** Test images behind each seed's accuracy; null for means over several test sets. */
  images: z.int().nullable(),
});
export type Measured = z.infer<typeof measuredSchema>;

const tableCellSchema = z.strictObject({
  column: z.string(),
  /** Null where no seed has it. */
  natural: measuredSchema.nullable(),
  robust: measuredSchema.nullable(),
  /** The published accuracies of the same cell, as fractions; null where none is printed. */
  paper: z.strictObject({ natural: z.number().nullable(), robust: z.number().nullable() }),
});

export const protocolTableSchema = z.strictObject({
  title: z.string(),
  columns: z.array(z.strictObject({ key: z.string(), title: z.string() })),
  rows: z.array(
    z.strictObject({
      key: z.string(),
      title: z.string(),
      method: methodNameSchema,
      cells: z.array(tableCellSchema),
    }),
  ),
});
export type ProtocolTable = z.infer<typeof protocolTableSchema>;

/** What `fapt protocol NAME --json` prints. */
export const protocolReportSchema = z.strictObject({
  ...facts,
  tables: z.array(protocolTableSchema),
  runs: z.array(protocolRunSchema),
  /** Cells that have no number, by name. */
  missing: z.array(z.string()),
  failures: z.array(z.strictObject({ title: z.string(), reason: z.string() })),
  /** Where the published numbers come from; null where the tables show none. */
  paper: z.strictObject({ source: z.string(), setup: z.string() }).nullable(),
});
export type ProtocolReport = z.infer<typeof protocolReportSchema>;
