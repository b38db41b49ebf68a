import { cssColor, divergingColor, textColorOn } from '../../shared/color-scale.ts';
import { type Draw, FONTS, INK, type Page, TILE } from './figure-page.ts';
import { formatSigned } from './format-signed.ts';
import type { Point } from './scene.ts';
import type { WordItem } from './word-items.ts';

/** Words as coloured boxes, in as many lines as they need; answers with where they end. */
export function wordsAt(page: Page, words: readonly WordItem[], limit: number, at: Point): number {
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
