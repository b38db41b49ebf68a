import { z } from 'zod';
import { warningSchema } from '../results.ts';
import { bytesSchema, procedure, workStream } from './procedure.ts';

export const splitNameSchema = z.enum(['train', 'val', 'test']);
export type SplitName = z.infer<typeof splitNameSchema>;

const countsSchema = z.strictObject({ train: z.int(), val: z.int(), test: z.int() });

export const datasetProblemSchema = z.strictObject({
  file: z.string(),
  kind: z.string(),
  message: z.string(),
});

export const datasetSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  format: z.string(),
  classes: z.int(),
  counts: countsSchema,
  /** Hand template with one "{}". */
  template: z.string(),
  demo: z.boolean(),
  /** Images come in clusters, so they are not independent. */
  clustered: z.boolean(),
  problems: z.int(),
  createdAt: z.int(),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

export const datasetDetailSchema = datasetSummarySchema.extend({
  source: z.string(),
  imageRoot: z.string(),
  description: z.string().nullable(),
  licence: z.string().nullable(),
  splitHash: z.string(),
  /** Index is the label. */
  classNames: z.array(z.string()),
  /** Images of each class, by split. */
  classCounts: z.strictObject({
    train: z.array(z.int()),
    val: z.array(z.int()),
    test: z.array(z.int()),
  }),
  problemList: z.array(datasetProblemSchema),
  skipped: z.array(z.string()),
  /** Runs on it; one with runs cannot be removed. */
  runs: z.int(),
});
export type DatasetDetail = z.infer<typeof datasetDetailSchema>;

export const datasetImageSchema = z.strictObject({
  /** Path in the split: the image's id. */
  path: z.string(),
  label: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  cluster: z.string().nullable(),
});
export type DatasetImage = z.infer<typeof datasetImageSchema>;

/** What an import would bring, or brought. */
export const importReportSchema = z.strictObject({
  format: z.string(),
  classes: z.array(z.string()),
  counts: countsSchema,
  problems: z.array(datasetProblemSchema),
  skipped: z.array(z.string()),
});
export type ImportReport = z.infer<typeof importReportSchema>;

export const importSourceSchema = z.strictObject({
  /** Absolute path of a folder, a CoOp split or a CSV on the application's machine. */
  path: z.string().min(1),
  /** Folder that the split's paths start from, where it is not beside the split. */
  images: z.string().min(1).optional(),
  format: z.enum(['auto', 'coop', 'folders', 'csv']).default('auto'),
});

/** By name or id. A bundled dataset is added when it is first named. */
const named = z.strictObject({ dataset: z.string().min(1) });

export const datasetsContract = {
  list: procedure.output(
    z.strictObject({
      datasets: z.array(datasetSummarySchema),
      /** Names that come with the application and were not asked for yet. */
      bundled: z.array(z.string()),
    }),
  ),
  get: procedure.input(named).output(datasetDetailSchema),
  images: procedure
    .input(
      named.extend({
        split: splitNameSchema,
        /** Null: every class. */
        label: z.int().min(0).nullable().default(null),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(500).default(100),
      }),
    )
    .output(z.strictObject({ total: z.int(), images: z.array(datasetImageSchema) })),
  /** One image as WebP, at most `size` pixels wide and high, with every pixel kept where it fits. */
  thumbnail: procedure
    .input(
      named.extend({
        split: splitNameSchema.default('train'),
        path: z.string(),
        size: z.int().min(16).max(1024).default(160),
      }),
    )
    .output(
      z.strictObject({
        bytes: bytesSchema,
        contentType: z.string(),
        width: z.int(),
        height: z.int(),
      }),
    ),
  /** The images that a seed draws, in the order drawn. */
  fewShot: procedure.input(named.extend({ shots: z.int().min(1), seed: z.int().min(1) })).output(
    z.strictObject({
      images: z.array(datasetImageSchema),
      classCounts: z.array(z.int()),
      warnings: z.array(warningSchema),
    }),
  ),
  /** What importing this would bring; nothing is stored. */
  preview: procedure.input(importSourceSchema).output(workStream(importReportSchema)),
  add: procedure
    .input(importSourceSchema.extend({ name: z.string().min(1).optional() }))
    .output(workStream(datasetDetailSchema)),
  /** Images whose maps are followed in every training on it; none: the first of the first classes. */
  pin: procedure.input(named.extend({ images: z.array(z.string()).max(8) })).output(z.void()),
  /** Throws `dataset-used` where runs are on it. Image files stay where they are. */
  remove: procedure.input(named).output(z.void()),
};
