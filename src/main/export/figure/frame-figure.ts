import type { FigureInput } from '../../../shared/api/export.ts';
import { PRINT_FAMILY, wrapText } from '../../../shared/charts/print-text.ts';
import { FaptError } from '../../../shared/errors.ts';
import { hiddenSentence } from '../../../shared/export-table.ts';
import { escapeXml } from './svg-text.ts';

/** A whole drawing, in pixels of the layout. */
export type Drawing = { svg: string; width: number; height: number };

const MARGIN = 6;
const TITLE = { size: 12, line: 17 };
const NOTE = { size: 10.5, line: 14.5 };
const INK = '#0f172a';
const FAINT = '#475569';

/**
 * A chart on white with its title above, and its protocol and what was hidden below.
 * @throws FaptError `figure-unreadable` for a drawing that is none, or that reaches outside itself
 */
export function frameFigure(figure: Omit<FigureInput, 'format' | 'name'>): Drawing {
  const { width, note, hidden } = figure;
  const room = width - 2 * MARGIN;
  const above = figure.title === null ? [] : wrapText(figure.title, room, TITLE.size * 1.1);
  const below = [note, hiddenSentence(hidden)].flatMap((text) => wrapText(text, room, NOTE.size));
  const top = above.length * TITLE.line + (above.length > 0 ? MARGIN : 0);
  const bottom = top + figure.height;
  const height = Math.ceil(bottom + below.length * NOTE.line + (below.length > 0 ? MARGIN : 0));
  const title = above.map((line, i) => textLine(line, (i + 0.8) * TITLE.line, TITLE.size, true));
  const notes = below.map((line, i) => textLine(line, bottom + (i + 0.8) * NOTE.line, NOTE.size));
  const name = escapeXml(figure.title ?? note);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${name}</title><desc>${escapeXml([note, hiddenSentence(hidden)].join(' ').trim())}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...title,
    placed(figure, top),
    ...notes,
    '</svg>',
  ].join('\n');
  return { svg, width, height };
}

function textLine(text: string, y: number, size: number, isTitle = false): string {
  const weight = isTitle ? ' font-weight="bold"' : '';
  const fill = isTitle ? INK : FAINT;
  return `<text x="${MARGIN}" y="${y}" font-size="${size}" font-family="${PRINT_FAMILY}"${weight} fill="${fill}">${escapeXml(text)}</text>`;
}

/** The chart itself at its place. */
function placed({ svg, width, height }: Pick<FigureInput, 'svg' | 'width' | 'height'>, y: number) {
  const inner = /^\s*(?:<\?xml[^>]*\?>\s*)?<svg\b[^>]*>([\s\S]*)<\/svg>\s*$/.exec(svg)?.[1];
  if (inner === undefined || reachesOutside(inner)) {
    throw new FaptError(
      'figure-unreadable',
      'This drawing cannot be exported: it is no SVG document, or it refers to something outside itself.',
    );
  }
  return `<svg x="0" y="${y}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`;
}

/** Scripts, entities, and addresses other than of the drawing itself or of data in it. */
function reachesOutside(svg: string): boolean {
  if (/<(?:script|foreignObject|!ENTITY|!DOCTYPE)/i.test(svg)) return true;
  const addresses = [
    ...svg.matchAll(/\bhref\s*=\s*["']([^"']*)/gi),
    ...svg.matchAll(/url\(\s*["']?([^"')]*)/gi),
  ];
  return addresses.some(([, to = '']) => !/^(?:#|data:image\/(?:png|jpeg|webp);)/.test(to));
}
