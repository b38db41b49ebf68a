import { z } from 'zod';
import { DATASET_FORMATS, PRESET_NAMES } from '../dataset-formats.ts';
import { warningSchema } from '../results.ts';
import { datasetCareContract, problemLevelSchema, remedyNameSchema } from './dataset-care.ts';
import { bytesSchema, procedure, workStream } from './procedure.ts';

export const splitNameSchema = z.enum(['train', 'val', 'test']);
export type SplitName = z.infer<typeof splitNameSchema>;

const countsSchema = z.strictObject({ train: z.int(), val: z.int(), test: z.int() });

export const datasetProblemSchema = z.strictObject({
  file: z.string(),
  kind: z.string(),
  message: z.string(),
  level: problemLevelSchema,
});
export type DatasetProblem = z.infer<typeof datasetProblemSchema>;

/** A split drawn here: parts of train, val and test in percent of each class, from a seed. */
export const madeSplitSchema = z.strictObject({
  seed: z.int().min(0),
  ratio: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]),
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
  /** What is more than a note. */
  problems: z.int(),
  createdAt: z.int(),
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;

export const datasetDetailSchema = datasetSummarySchema.extend({
  source: z.string(),
  imageRoot: z.string(),
  /** Whether that folder is there. */
  hasImageRoot: z.boolean(),
  description: z.string().nullable(),
  licence: z.string().nullable(),
  splitHash: z.string(),
  /** What the hash is about: the pictures' content too, or the lists alone. */
  splitHashOf: z.enum(['content', 'listing']),
  /** Published dataset whose rules were followed. */
  preset: z.string().nullable(),
  /** Null where the source told its split. */
  madeSplit: madeSplitSchema.nullable(),
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
  /** What would do something about the problems, and about how many. */
  remedies: z.array(z.strictObject({ remedy: remedyNameSchema, cures: z.int() })),
  /** Images whose maps are followed in every training; none: the first of the first classes. */
  pinned: z.strictObject({
    /** The list that trainings are watched on, and that pins are chosen from. */
    split: splitNameSchema,
    images: z.array(z.string()),
  }),
  /** Runs on it; one with runs cannot be removed, and is changed as a copy. */
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
  /** Absolute path of a folder, a split file, a table or a zip on the application's machine. */
  path: z.string().min(1),
  /** Folder that the split's paths start from, where it is not beside the split. */
  images: z.string().min(1).optional(),
  format: z.enum(DATASET_FORMATS).default('auto'),
  /** For a source that does not tell its split. */
  split: madeSplitSchema.optional(),
  /** Class folders without pictures stay classes; else they are named and left out. */
  keepEmpty: z.boolean().optional(),
  /** Whether pictures are read before the import is done; by their number where it is not said. */
  read: z.enum(['now', 'later']).optional(),
});
export type ImportSource = z.input<typeof importSourceSchema>;

/** A published dataset, for who wants to import it. */
export const presetSchema = z.strictObject({
  name: z.enum(PRESET_NAMES),
  /** Its folder in CoOp's layout of all datasets. */
  folder: z.string(),
  template: z.string(),
  classes: z.int(),
  /** As the CoOp paper counts them. */
  counts: countsSchema,
});
export type Preset = z.infer<typeof presetSchema>;

/** What a published dataset needs below its folder; any one of several files will do. */
export const checklistSchema = z.strictObject({
  folder: z.string(),
  items: z.array(z.strictObject({ anyOf: z.array(z.string()), present: z.boolean() })),
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
        /** Letters of the path, large or small; empty: every image. */
        text: z.string().max(300).default(''),
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
  presets: procedure.output(z.array(presetSchema)),
  /** What of a published dataset is at a path. */
  checklist: procedure
    .input(
      z.strictObject({
        preset: z.enum(PRESET_NAMES),
        path: z.string().min(1),
        images: z.string().min(1).optional(),
      }),
    )
    .output(checklistSchema),
  /** What importing this would bring; nothing is stored. */
  preview: procedure.input(importSourceSchema).output(workStream(importReportSchema)),
  add: procedure
    .input(importSourceSchema.extend({ name: z.string().min(1).optional() }))
    .output(workStream(datasetDetailSchema)),
  /** Images of `pinned.split`; others are refused. */
  pin: procedure.input(named.extend({ images: z.array(z.string()).max(8) })).output(z.void()),
  /** Throws `dataset-used` where runs are on it. Image files stay where they are. */
  remove: procedure.input(named).output(z.void()),
  ...datasetCareContract(named, datasetDetailSchema, datasetImageSchema),
};
