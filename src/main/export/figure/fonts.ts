import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';

export type Weight = 'regular' | 'bold';

/** The part of a parsed font that figures need. */
export type Font = {
  unitsPerEm: number;
  ascent: number;
  descent: number;
  hasGlyphForCodePoint(code: number): boolean;
  layout(text: string): {
    glyphs: { advanceWidth: number; path: { toSVG(): string } }[];
    positions: { xAdvance: number; xOffset: number; yOffset: number }[];
    advanceWidth: number;
  };
};

const FILES: Record<Weight, string> = { regular: 'DejaVuSans.ttf', bold: 'DejaVuSans-Bold.ttf' };
const { resolve } = createRequire(import.meta.url);
const opened = new Map<Weight, Font>();

export function fontFile(weight: Weight): string {
  return resolve(`dejavu-fonts-ttf/ttf/${FILES[weight]}`);
}

/** DejaVu Sans as it comes with the application, so that no figure depends on a system's fonts. */
export function printFont(weight: Weight): Font {
  const font = opened.get(weight) ?? (fontkit.openSync(fontFile(weight)) as Font);
  opened.set(weight, font);
  return font;
}

/** The characters that DejaVu Sans has no glyph for, each once. */
export function missingGlyphs(text: string): string {
  const font = printFont('regular');
  const missing = new Set<string>();
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    if (code > 0x20 && !font.hasGlyphForCodePoint(code)) missing.add(sign);
  }
  return [...missing].join('');
}
