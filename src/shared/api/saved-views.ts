import { z } from 'zod';
import { procedure } from './procedure.ts';
import { runFilterSchema, runSortSchema } from './run-query.ts';

/** A named way to look at the list of runs. */
export const viewQuerySchema = z.strictObject({
  filter: runFilterSchema,
  sort: runSortSchema,
  grouped: z.boolean().default(false),
});
export type ViewQuery = z.infer<typeof viewQuerySchema>;

export const savedViewSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  query: viewQuerySchema,
});
export type SavedView = z.infer<typeof savedViewSchema>;

const name = z.string().trim().min(1).max(100);

export const savedViewsContract = {
  /** By name. */
  list: procedure.output(z.array(savedViewSchema)),
  /** Throws `view-exists` where the name is taken. */
  add: procedure.input(z.strictObject({ name, query: viewQuerySchema })).output(savedViewSchema),
  update: procedure
    .input(
      z.strictObject({ id: z.int(), name: name.optional(), query: viewQuerySchema.optional() }),
    )
    .output(savedViewSchema),
  remove: procedure.input(z.strictObject({ id: z.int() })).output(z.void()),
};
