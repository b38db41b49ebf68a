import { cssColor, divergingColor, textColorOn } from '../../shared/color-scale.ts';
import { formatSigned } from './format-signed.ts';
import { paintTile, type Surface, type TileLayers } from './paint.ts';
import { scaleColors } from './scale.ts';
import type { Point, Scene } from './scene.ts';
import type { View } from './view.ts';
import type { WordItem } from './word-items.ts';

export type FigureTile = {
  title: string;
  /** The end of its scale, or its factor. */
  note: string;
  scene: Scene;
  layers: TileLayers;
  words: readonly WordItem[];
  lines: readonly string[];
};
export type FigureRow = { name: string; note: string; tiles: readonly FigureTile[] };
export type MapFigure = {
  title: string;
  lines: readonly string[];
  scale: { low: string; high: string; opacity: number };
  wordLimit: number;
  view: View;
  rows: readonly FigureRow[];
};

type Draw = (surface: Surface) => void;
export type Measure = (text: string, font: string) => number;

const WIDTH = 1120;
const MARGIN = 24;
const GAP = 12;
const COLUMNS = 4;
const TILE = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const LINE = 17;
const FAMILY = 'system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif';
const FONTS = {
  title: `600 20px ${FAMILY}`,
  name: `600 15px ${FAMILY}`,
  plain: `13px ${FAMILY}`,
  small: `12px ${FAMILY}`,
};
const INK = '#111';

/** What is drawn on white, from above to below, and the height that it takes. */
export function layoutFigure(figure: MapFigure, measure: Measure) {
  const page = new Page(measure);
  const width = WIDTH - 2 * MARGIN;
  let y = page.paragraph(figure.title, FONTS.title, MARGIN, MARGIN, width) + 8;
  for (const line of figure.lines) y = page.paragraph(line, FONTS.plain, MARGIN, y, width);
  legendAt(page, figure, y + 8);
  y += 36;
  for (const row of figure.rows) {
    page.write(row.name, FONTS.name, MARGIN, y);
    y = page.paragraph(row.note, FONTS.small, MARGIN, y + 20, width) + 6;
    const ends = row.tiles.map((tile, column) =>
      tileAt(page, figure, tile, { x: MARGIN + column * (TILE + GAP), y }),
    );
    y = Math.max(y, ...ends) + 16;
  }
  return { width: WIDTH, height: Math.ceil(y + MARGIN - 16), draws: page.draws };
}

/** Texts and drawings in the order that they were put down. */
class Page {
  readonly draws: Draw[] = [];
  readonly measure: Measure;

  constructor(measure: Measure) {
    this.measure = measure;
  }

  write(text: string, font: string, x: number, top: number): void {
    this.draws.push((surface) => {
      surface.font = font;
      surface.fillStyle = INK;
      surface.textBaseline = 'top';
      surface.fillText(text, x, top);
    });
  }

  /** Answers with where the text ends. */
  paragraph(text: string, font: string, x: number, top: number, width: number): number {
    const lines = wrapped(text, width, (part) => this.measure(part, font));
    for (const [at, line] of lines.entries()) this.write(line, font, x, top + at * LINE);
    return top + lines.length * LINE;
  }
}

/** A tile with its words and lines; answers with where it ends. */
function tileAt(page: Page, figure: MapFigure, tile: FigureTile, { x, y }: Point): number {
  page.write(tile.title, FONTS.plain, x, y);
  page.write(tile.note, FONTS.small, x + TILE - page.measure(tile.note, FONTS.small), y + 1);
  const top = y + 20;
  page.draws.push((surface) => {
    surface.save();
    surface.translate(x, top);
    paintTile(surface, TILE, tile.scene, figure.view, tile.layers);
    surface.restore();
  });
  let below = top + TILE + 6;
  for (const line of tile.lines) below = page.paragraph(line, FONTS.small, x, below, TILE);
  return wordsAt(page, tile.words, figure.wordLimit, { x, y: below + 4 });
}

const LEGEND = { left: 150, width: 200, height: 14 };

function legendAt(page: Page, { scale }: MapFigure, top: number): void {
  page.write(scale.low, FONTS.small, MARGIN, top);
  page.write(scale.high, FONTS.small, MARGIN + LEGEND.left + LEGEND.width + 8, top);
  page.draws.push((surface) => {
    const colors = scaleColors(scale.opacity);
    const step = LEGEND.width / colors.length;
    for (const [at, color] of colors.entries()) {
      surface.fillStyle = color;
      surface.fillRect(MARGIN + LEGEND.left + at * step, top, step + 0.5, LEGEND.height);
    }
  });
}

/** Words as coloured boxes, in as many lines as they need; answers with where they end. */
function wordsAt(page: Page, words: readonly WordItem[], limit: number, at: Point): number {
  let { x, y } = at;
  for (const word of words) {
    const number = formatSigned(word.value);
    const widest = Math.max(...[word.text, number].map((text) => page.measure(text, FONTS.small)));
    const width = Math.min(TILE, widest + 10);
    if (x + width > at.x + TILE && x > at.x) {
      x = at.x;
      y += 40;
    }
    page.draws.push(wordBox(word, number, limit, { left: x, top: y, width }));
    x += width + 4;
  }
  return words.length > 0 ? y + 40 : at.y;
}

function wordBox(
  word: WordItem,
  number: string,
  limit: number,
  { left, top, width }: { left: number; top: number; width: number },
): Draw {
  return (surface) => {
    const color = divergingColor(Number.isFinite(word.value) ? word.value / limit : 0);
    surface.fillStyle = cssColor(color);
    surface.fillRect(left, top, width, 36);
    surface.setLineDash(word.learned ? [3, 2] : []);
    surface.lineWidth = 1;
    surface.strokeStyle = word.learned ? INK : '#999';
    surface.strokeRect(left + 0.5, top + 0.5, width - 1, 35);
    surface.setLineDash([]);
    surface.fillStyle = textColorOn(color);
    surface.font = FONTS.small;
    surface.textBaseline = 'top';
    surface.fillText(word.text, left + 5, top + 4, width - 10);
    surface.fillText(number, left + 5, top + 19, width - 10);
  };
}

/** A text in lines no wider than `width`; a single longer word keeps its own line. */
export function wrapped(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}

/** The figure as PNG at twice its size. */
export async function figurePng(figure: MapFigure): Promise<Uint8Array> {
  const probe = new OffscreenCanvas(1, 1).getContext('2d');
  if (!probe) throw new TypeError('this browser draws on no canvas');
  const { width, height, draws } = layoutFigure(figure, (text, font) => {
    probe.font = font;
    return probe.measureText(text).width;
  });
  const canvas = new OffscreenCanvas(width * 2, height * 2);
  const surface = canvas.getContext('2d');
  if (!surface) throw new TypeError('this browser draws on no canvas');
  surface.scale(2, 2);
  surface.fillStyle = '#fff';
  surface.fillRect(0, 0, width, height);
  for (const draw of draws) draw(surface);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}
