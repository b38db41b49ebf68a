import { z } from 'zod';
import { methodNameSchema } from '../run-config.ts';
import { procedure } from './procedure.ts';

export const noteSchema = z.strictObject({
  id: z.int(),
  run: z.string(),
  /** Markdown. */
  text: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type Note = z.infer<typeof noteSchema>;

export const TAG_COLORS = [
  'red',
  'orange',
  'amber',
  'green',
  'teal',
  'sky',
  'blue',
  'violet',
  'pink',
  'slate',
] as const;
export const tagColorSchema = z.enum(TAG_COLORS);
export type TagColor = z.infer<typeof tagColorSchema>;

export const tagSchema = z.strictObject({
  tag: z.string(),
  runs: z.int(),
  /** Null: none was chosen. */
  color: tagColorSchema.nullable(),
});
export type Tag = z.infer<typeof tagSchema>;

const tag = z.string().trim().min(1).max(100);
const runs = z.array(z.string().min(1)).min(1).max(10_000);

export const tagsContract = {
  list: procedure.output(z.array(tagSchema)),
  /** Puts tags on runs, and takes others off. */
  set: procedure
    .input(
      z.strictObject({
        runs,
        add: z.array(tag).default([]),
        remove: z.array(tag).default([]),
      }),
    )
    .output(z.void()),
  /** Throws `tag-exists` where the new name is in use: merge them instead. */
  rename: procedure.input(z.strictObject({ from: tag, to: tag })).output(z.void()),
  /** Runs with any of `from` get `into`, and `from` are gone. */
  merge: procedure.input(z.strictObject({ from: z.array(tag).min(1), into: tag })).output(z.void()),
  color: procedure
    .input(z.strictObject({ tag, color: tagColorSchema.nullable() }))
    .output(z.void()),
  /** Takes a tag off every run. */
  remove: procedure.input(z.strictObject({ tag })).output(z.void()),
};

const text = z.string().trim().min(1).max(100_000);
const note = z.strictObject({ id: z.int() });

export const notesContract = {
  list: procedure.input(z.strictObject({ run: z.string() })).output(z.array(noteSchema)),
  add: procedure.input(z.strictObject({ run: z.string(), text })).output(noteSchema),
  update: procedure.input(note.extend({ text })).output(noteSchema),
  remove: procedure.input(note).output(z.void()),
  /** Notes that hold every word, best match first. */
  search: procedure.input(z.strictObject({ text: z.string() })).output(z.array(noteSchema)),
};

/** A run in the bin. */
export const binnedRunSchema = z.strictObject({
  id: z.string(),
  method: methodNameSchema,
  dataset: z.string(),
  seed: z.int(),
  deletedAt: z.int(),
  /** Bytes of its checkpoints and other files. */
  diskBytes: z.int(),
});

export const binContract = {
  /** Newest first. */
  list: procedure.output(z.array(binnedRunSchema)),
  /** Into the bin; waiting jobs of these runs leave the queue. Throws `run-busy` for a running one. */
  remove: procedure.input(z.strictObject({ runs })).output(z.void()),
  restore: procedure.input(z.strictObject({ runs })).output(z.void()),
  /** Gone for good, files, perturbations and rows; null empties the bin. */
  purge: procedure
    .input(z.strictObject({ runs: runs.nullable() }))
    .output(z.strictObject({ runs: z.int(), freedBytes: z.int() })),
};
