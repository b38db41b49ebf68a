import { z } from 'zod';
import { PROBLEM_LEVELS, REMEDY_NAMES } from '../dataset-care.ts';
import { promptPreviewSchema } from '../engine-rpc.ts';
import { methodNameSchema } from '../run-config.ts';
import { procedure, workStream } from './procedure.ts';

export const problemLevelSchema = z.enum(PROBLEM_LEVELS);
export const remedyNameSchema = z.enum(REMEDY_NAMES);

/** Reading the pictures of a dataset, and looking for leaks and look-alikes, behind everything else. */
export const datasetCheckSchema = z.strictObject({
  dataset: z.string(),
  /** `paused` goes on when it is told to; `open` has pictures to read and was never begun. */
  state: z.enum(['waiting', 'running', 'paused', 'failed', 'open']),
  /** Pictures of this round. */
  done: z.int(),
  total: z.int(),
  /** Why it failed, in a sentence. */
  reason: z.string().nullable(),
});
export type DatasetCheck = z.infer<typeof datasetCheckSchema>;

export const datasetChangeSchema = z.strictObject({
  kind: z.string(),
  message: z.string(),
  hashBefore: z.string(),
  hashAfter: z.string(),
  createdAt: z.int(),
});
export type DatasetChange = z.infer<typeof datasetChangeSchema>;

/** What a class of a dataset is for the text tower, and why some do not fit, in a sentence. */
export const datasetPromptsSchema = z.strictObject({
  preview: promptPreviewSchema,
  refusal: z.string().nullable(),
});

/**
 * Looking after a dataset that is there already. A change of one that runs are about needs `as`, the
 * name of a copy that is changed in its place (`dataset-in-use`).
 */
export function datasetCareContract<
  Named extends z.ZodRawShape,
  Detail extends z.ZodType,
  Image extends z.ZodType,
>(named: z.ZodObject<Named>, detail: Detail, image: Image) {
  const as = z.string().min(1).optional();
  return {
    /** Checks that are not done, of every dataset. */
    checks: procedure.output(z.array(datasetCheckSchema)),
    /** Reads what nobody has read yet, or (`again`) everything once more; goes on after a pause. */
    startCheck: procedure
      .input(named.extend({ again: z.boolean().default(false) }))
      .output(z.void()),
    /** What was read is kept; nothing goes on by itself until it is started again. */
    pauseCheck: procedure.input(named).output(z.void()),
    /** Images that are in train and in test, side by side, the surest first. */
    leaks: procedure
      .input(
        named.extend({
          offset: z.int().min(0).default(0),
          limit: z.int().min(1).max(200).default(50),
        }),
      )
      .output(
        z.strictObject({
          total: z.int(),
          pairs: z.array(
            z.strictObject({
              kind: z.enum(['same-path', 'same-bytes', 'look-alikes']),
              test: image,
              train: image,
              /** Bits of 64 in which their perceptual hashes differ; null where they are the same. */
              distance: z.int().nullable(),
            }),
          ),
        }),
      ),
    fix: procedure.input(named.extend({ remedy: remedyNameSchema, as })).output(workStream(detail)),
    edit: procedure
      .input(
        named.extend({
          template: z.string().optional(),
          /** New names of classes, by their labels. */
          classNames: z
            .array(z.strictObject({ label: z.int().min(0), name: z.string() }))
            .default([]),
          as,
        }),
      )
      .output(detail),
    /** Tells where the pictures are after a move; each is found by its content. */
    locate: procedure.input(named.extend({ folder: z.string().min(1) })).output(workStream(detail)),
    /** Newest first. */
    history: procedure.input(named).output(z.array(datasetChangeSchema)),
    /** The three lists in CoOp's layout. */
    exportSplit: procedure
      .input(named)
      .output(z.strictObject({ file: z.string(), text: z.string() })),
    /** The final text of each class; with a template or names that are not stored yet, if given. */
    prompts: procedure
      .input(
        named.extend({
          model: z.string().min(1),
          method: methodNameSchema.default('zero-shot'),
          template: z.string().optional(),
          classNames: z.array(z.string()).optional(),
        }),
      )
      .output(datasetPromptsSchema),
  };
}
