import { z } from 'zod';
import { runStatusSchema } from '../results.ts';
import { CLASS_SETS, methodNameSchema } from '../run-config.ts';

/** Conditions that all hold; an empty filter is every run that is not in the bin. */
export const runFilterSchema = z.strictObject({
  ids: z.array(z.string()).optional(),
  methods: z.array(methodNameSchema).optional(),
  /** Names or ids. */
  datasets: z.array(z.string()).optional(),
  /** Names or ids. */
  models: z.array(z.string()).optional(),
  /** Those of the dataset that a run was trained on. */
  classes: z.array(z.enum(CLASS_SETS)).optional(),
  statuses: z.array(runStatusSchema).optional(),
  seeds: z.array(z.int()).optional(),
  shots: z.array(z.int()).optional(),
  /** All of them. */
  tags: z.array(z.string()).optional(),
  protocol: z.string().optional(),
  starred: z.boolean().optional(),
  /** One group of `runs.groups`. */
  group: z.string().optional(),
  /** Words of its notes, or the first letters of its id. */
  text: z.string().optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

export const RUN_SORTS = ['created', 'ended', 'natural', 'robust'] as const;
/** Runs without the number that is sorted by come last. */
export const runSortSchema = z.strictObject({
  by: z.enum(RUN_SORTS),
  descending: z.boolean().default(true),
});
export type RunSort = z.infer<typeof runSortSchema>;
