import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import SVGtoPDF from 'svg-to-pdfkit';
import { fontFile } from './fonts.ts';
import type { Drawing } from './frame-figure.ts';

/**
 * A drawing as a page of its own size, of vectors and of text in embedded fonts.
 * @param scale points a pixel of the layout
 */
export async function figurePdf({ svg, width, height }: Drawing, scale: number): Promise<Buffer> {
  const size: [number, number] = [width * scale, height * scale];
  const document = new PDFDocument({ size, margin: 0, info: { Creator: 'FAPT Studio' } });
  document.registerFont('regular', fontFile('regular'));
  document.registerFont('bold', fontFile('bold'));
  const written = buffer(document);
  document.scale(scale);
  SVGtoPDF(document, svg, 0, 0, {
    width,
    height,
    assumePt: true,
    fontCallback: (_family, isBold) => (isBold ? 'bold' : 'regular'),
  });
  document.end();
  return written;
}
