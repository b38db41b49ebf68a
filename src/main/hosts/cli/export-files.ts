import { extname } from 'node:path';
import { z } from 'zod';
import type { FigureFormat } from '../../../shared/api/export.ts';
import { TABLE_FORMATS, type TableFormat } from '../../../shared/tables/table-formats.ts';
import { figureFile } from '../../export/figure/figure-file.ts';
import type { Drawing } from '../../export/figure/frame-figure.ts';
import { writeWhole } from '../../export/write-whole.ts';
import type { Cli } from './cli.ts';
import { usageError } from './options.ts';

/** What every export prints with `--json`. */
export const exportedSchema = z.strictObject({ files: z.array(z.string()) });

const FIGURES: Record<string, FigureFormat> = { png: 'png', svg: 'svg', pdf: 'pdf-6.75in' };

/** By a file's ending; null where it is none of a figure. A PDF is as wide as a page's text. */
export function figureFormatOf(file: string): FigureFormat | null {
  return FIGURES[extname(file).slice(1).toLowerCase()] ?? null;
}

/**
 * By a file's ending.
 * @throws FaptError `usage` where it is none of a table
 */
export function tableFormatOf(file: string): TableFormat {
  const ending = extname(file).slice(1).toLowerCase();
  const found = TABLE_FORMATS.find((format) => format.ending === ending);
  if (found) return found.id;
  throw usageError(`What "${file}" should be does not show from its ending: give --format.`);
}

/** Writes a drawing to `file`, and says which characters its font could not draw. */
export async function writeFigure(
  cli: Cli,
  drawing: Drawing,
  format: FigureFormat,
  file: string,
): Promise<void> {
  const { bytes, missing } = await figureFile(drawing, format);
  await writeWhole(file, bytes);
  if (missing !== '') {
    cli.note(
      `The figure's font (DejaVu Sans) has no glyph for ${missing}: they stand as empty boxes. Take SVG, which uses the reader's own fonts, or rename what holds them.`,
    );
  }
  wrote(cli, [file]);
}

/** Says what was written. */
export function wrote(cli: Cli, files: string[]): void {
  for (const file of files) cli.print(`wrote ${file}`);
  cli.emit(exportedSchema, { files });
}
