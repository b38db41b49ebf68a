import { type FigureFormat, POINTS_PER_PIXEL } from '../../../shared/api/export.ts';
import { figurePdf } from './figure-pdf.ts';
import { figurePng } from './figure-png.ts';
import { missingGlyphs } from './fonts.ts';
import type { Drawing } from './frame-figure.ts';
import { textOf } from './svg-text.ts';

export type FigureFile = {
  bytes: Uint8Array;
  ending: string;
  type: string;
  /** Characters that were drawn as empty boxes, each once. SVG embeds no font and lacks none. */
  missing: string;
};

/** A drawing as a file. */
export async function figureFile(drawing: Drawing, format: FigureFormat): Promise<FigureFile> {
  if (format === 'svg') {
    const bytes = Buffer.from(drawing.svg);
    return { bytes, ending: 'svg', type: 'image/svg+xml', missing: '' };
  }
  const missing = missingGlyphs(textOf(drawing.svg));
  if (format === 'png') {
    return { bytes: await figurePng(drawing), ending: 'png', type: 'image/png', missing };
  }
  const bytes = await figurePdf(drawing, POINTS_PER_PIXEL);
  return { bytes, ending: 'pdf', type: 'application/pdf', missing };
}
