import { formatNumber } from '../format/numbers.ts';
import { FONTS, LINE, type Page, TILE } from './figure-page.ts';
import { formatSigned } from './format-signed.ts';
import type { LogitRow } from './logit-rows.ts';
import type { Point } from './scene.ts';

export type FigureLogits = {
  /** What stands above the columns. */
  head: { class: string; logit: string; margin: string };
  rows: readonly LogitRow[];
  /** The image's class, printed in bold. */
  truth: number;
};

const COLUMN = 72;
const BAR = '#cfe3e1';

/** Logits with their bars and margins; answers with where they end. */
export function logitsAt(page: Page, { head, rows, truth }: FigureLogits, at: Point): number {
  lineAt(page, [head.class, head.logit, head.margin], at, FONTS.small);
  for (const [index, row] of rows.entries()) {
    const y = at.y + (index + 1) * LINE;
    page.draws.push((surface) => {
      surface.fillStyle = BAR;
      surface.fillRect(at.x, y, row.share * (TILE - 2 * COLUMN), LINE - 2);
    });
    const font = row.label === truth ? FONTS.strong : FONTS.small;
    lineAt(page, [row.name, formatNumber(row.logit), formatSigned(row.margin)], { ...at, y }, font);
  }
  return at.y + (rows.length + 1) * LINE + 4;
}

function lineAt(
  page: Page,
  [name, ...numbers]: [string, string, string],
  { x, y }: Point,
  font: string,
): void {
  page.write(shortened(page, name, font), font, x + 2, y);
  for (const [index, number] of numbers.entries()) {
    const right = x + TILE - (1 - index) * COLUMN;
    page.write(number, FONTS.small, right - page.measure(number, FONTS.small), y);
  }
}

function shortened(page: Page, name: string, font: string): string {
  const room = TILE - 2 * COLUMN - 4;
  if (page.measure(name, font) <= room) return name;
  let end = name.length;
  while (end > 1 && page.measure(`${name.slice(0, end)}…`, font) > room) end -= 1;
  return `${name.slice(0, end)}…`;
}
