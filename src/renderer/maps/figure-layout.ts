import { type FigureLogits, logitsAt } from './figure-logits.ts';
import { FONTS, GAP, MARGIN, type Measure, Page, TILE, WIDTH } from './figure-page.ts';
import { wordsAt } from './figure-words.ts';
import { paintTile, type TileLayers } from './paint.ts';
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
  logits: FigureLogits | null;
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
  below = wordsAt(page, tile.words, figure.wordLimit, { x, y: below + 4 });
  return tile.logits ? logitsAt(page, tile.logits, { x, y: below + 4 }) : below;
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
