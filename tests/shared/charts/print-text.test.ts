import { expect, it } from 'vitest';
import { printFont } from '../../../src/main/export/figure/fonts.ts';
import { printWidth, wrapText } from '../../../src/shared/charts/print-text.ts';

it('knows how wide DejaVu Sans is without the font', () => {
  for (const text of ['Natural accuracy (%)', '0.25', 'CBA-FAPT ~ {x}']) {
    const font = printFont('regular');
    // Kerning aside.
    const wanted = [...text].reduce((sum, sign) => sum + font.layout(sign).advanceWidth, 0);
    expect(printWidth(text, 12)).toBeCloseTo((12 * wanted) / font.unitsPerEm, 0);
  }
});

it('wraps between words and never loses one', () => {
  const text = 'PGD-100 (ce), eps 1/255, on 180 test images averylongwordthatfitsnowhereatall end';
  const lines = wrapText(text, 120, 10);
  expect(lines.join(' ')).toBe(text);
  for (const line of lines) {
    if (line.includes(' ')) expect(printWidth(line, 10)).toBeLessThanOrEqual(120);
  }
  expect(lines.length).toBeGreaterThan(3);
});
