import { type FigureFormat, POINTS_PER_PIXEL } from '../../../shared/api/export.ts';
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
  // Fonts and PDF are loaded when a figure is first made.
  const { missingGlyphs } = await import('./fonts.ts');
  const missing = missingGlyphs(textOf(drawing.svg));
  if (format === 'png') {
    const { figurePng } = await import('./figure-png.ts');
    return { bytes: await figurePng(drawing), ending: 'png', type: 'image/png', missing };
  }
  const { figurePdf } = await import('./figure-pdf.ts');
  const bytes = await figurePdf(drawing, POINTS_PER_PIXEL);
  return { bytes, ending: 'pdf', type: 'application/pdf', missing };
}
