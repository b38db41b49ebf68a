import { z } from 'zod';
import { tableFormatSchema } from '../tables/table-formats.ts';
import { bytesSchema, procedure, workStream } from './procedure.ts';

/** PNG has two pixels a point of the layout; PDF is as wide as one column or both of a paper. */
export const FIGURE_FORMATS = ['png', 'svg', 'pdf-3.25in', 'pdf-6.75in'] as const;
export const figureFormatSchema = z.enum(FIGURE_FORMATS);
export type FigureFormat = z.infer<typeof figureFormatSchema>;

/**
 * How wide a figure is laid out, in pixels: text of 12 pixels is then 8 points on paper (a point is
 * 1/72 inch), in every format.
 */
export const LAYOUT_WIDTHS: Record<FigureFormat, number> = {
  png: 729,
  svg: 729,
  'pdf-3.25in': 351,
  'pdf-6.75in': 729,
};
/** Pixels of the layout to points on paper. */
export const POINTS_PER_PIXEL = 2 / 3;

export const figureInputSchema = z.strictObject({
  /** The drawing as an SVG document of `width` x `height` pixels, text at 12 pixels. */
  svg: z.string().max(20_000_000),
  width: z.number().min(1).max(4000),
  height: z.number().min(1).max(4000),
  /** Becomes the file's name. */
  name: z.string().min(1).max(200),
  /** Printed above; null: nothing. */
  title: z.string().max(500).nullable(),
  /** The protocol of its numbers, printed below. */
  note: z.string().max(5000),
  /** What was hidden on screen, named below. */
  hidden: z.array(z.string().max(500)).max(1000),
  format: figureFormatSchema,
});
export type FigureInput = z.infer<typeof figureInputSchema>;

/** Of an array of float32 values. */
export const TENSOR_FORMATS = ['npy', 'safetensors'] as const;
export type TensorFormat = (typeof TENSOR_FORMATS)[number];

const fileSchema = z.strictObject({
  /** With its ending. */
  name: z.string(),
  type: z.string(),
  bytes: bytesSchema,
});
const figureFileSchema = fileSchema.extend({
  /** Characters that the figure's fonts lack, each once: they are drawn as empty boxes. */
  missing: z.string(),
});
const runs = z.array(z.string().min(1)).min(1).max(500);
const side = z.array(z.string().min(1)).min(1).max(50);

/** What the rows of a table of runs are: groups of seeds, classes, or images. */
export const RUN_TABLES = ['accuracies', 'classes', 'outcomes'] as const;
export const runTableSchema = z.enum(RUN_TABLES);
export type RunTable = z.infer<typeof runTableSchema>;

export const exportContract = {
  /** A chart of the window as a file. */
  figure: procedure.input(figureInputSchema).output(figureFileSchema),
  table: procedure
    .input(z.strictObject({ runs, of: runTableSchema, format: tableFormatSchema }))
    .output(fileSchema),
  /** The publications of the methods that the runs used. */
  bibtex: procedure.input(z.strictObject({ runs })).output(fileSchema),
  /** One image clean, attacked and stabilised; natural against robust accuracy of the runs. */
  figure1: procedure
    .input(z.strictObject({ runs, format: figureFormatSchema.exclude(['pdf-3.25in']) }))
    .output(workStream(figureFileSchema)),
  /** A run's adversarial images as float32 and PNG in a zip, and what rounding leaves of the attack. */
  images: procedure
    .input(z.strictObject({ run: z.string().min(1), format: z.enum(TENSOR_FORMATS) }))
    .output(workStream(fileSchema.extend({ sentence: z.string() }))),
  /** A comparison of two sides as one HTML page. */
  report: procedure
    .input(z.strictObject({ a: side, b: side, images: z.int().min(0).max(50).default(6) }))
    .output(workStream(fileSchema)),
};
