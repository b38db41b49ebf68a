import { PRINT_FAMILY, printWidth } from '../../../shared/charts/print-text.ts';
import { cssColor, divergingColor, textColorOn } from '../../../shared/color-scale.ts';
import { escapeXml } from '../figure/svg-text.ts';
import type { View } from './view.ts';

/** A part of a drawing and how high it is, in pixels of the layout. */
export type Part = { svg: string; height: number };

/** Text of 10.5 pixels is 7 points on paper. */
const TEXT = 10.5;
const LINE = 15;
const GAP = 8;
const CHIP = { height: 15, gap: 3, padding: 4 };
const BAR = { height: 9, line: 14 };
const INK = '#0f172a';
const FAINT = '#475569';
const GOOD = '#0a6b35';
const BAD = '#a3200d';

/** One view from top to bottom: title, image and map, words with their values' colours, logits. */
export function viewColumn(view: View, width: number, limit: number): Part {
  const parts = [
    heading(view),
    pictures(view, width),
    words(view, width, limit),
    logits(view, width),
  ];
  let y = 0;
  const placed = parts.map(({ svg, height }) => {
    const group = `<g transform="translate(0 ${y})">${svg}</g>`;
    y += height + GAP;
    return group;
  });
  return { svg: placed.join(''), height: y - GAP };
}

export function label(x: number, y: number, text: string, more = ''): string {
  return `<text x="${x}" y="${y}" font-size="${TEXT}" font-family="${PRINT_FAMILY}" fill="${INK}"${more}>${escapeXml(text)}</text>`;
}

function heading({ title, method, predicted, isRight }: View): Part {
  const color = isRight ? GOOD : BAD;
  const verdict = `${isRight ? 'right' : 'wrong'}: ${predicted}`;
  const svg = [
    label(0, 11, title, ' font-weight="bold"'),
    label(printWidth(`${title} `, TEXT * 1.12), 11, method).replace(INK, FAINT),
    label(0, 11 + LINE, verdict).replace(INK, color),
  ].join('');
  return { svg, height: 2 * LINE - 2 };
}

function pictures({ title, method, picture, overlay }: View, width: number): Part {
  const size = (width - GAP) / 2;
  const image = (x: number, href: string, name: string) =>
    `<image x="${x}" y="0" width="${size}" height="${size}" xlink:href="${href}"><title>${escapeXml(name)}</title></image>`;
  const svg =
    image(0, picture, `${title} image`) + image(size + GAP, overlay, `Map of ${method} over it`);
  return { svg, height: size };
}

function words({ words: all }: View, width: number, limit: number): Part {
  let [x, y] = [0, 0];
  const chips = all.map(({ text, learned, value }) => {
    const color = divergingColor(value / limit);
    const chip = printWidth(text, TEXT) + 2 * CHIP.padding;
    if (x > 0 && x + chip > width) {
      x = 0;
      y += CHIP.height + CHIP.gap;
    }
    const frame = learned ? ` stroke="${INK}" stroke-width="0.75" stroke-dasharray="2 2"` : '';
    const box = `<rect x="${x}" y="${y}" width="${chip}" height="${CHIP.height}" rx="2" fill="${hex(cssColor(color))}"${frame}/>`;
    const word = label(x + CHIP.padding, y + 11, text).replace(INK, textColorOn(color));
    x += chip + CHIP.gap;
    return box + word;
  });
  return { svg: chips.join(''), height: y + CHIP.height };
}

/** Bars from the smallest of the shown logits; the true class in green. */
function logits({ logits: shown }: View, width: number): Part {
  const names = Math.min(width * 0.5, Math.max(...shown.map(({ name }) => printWidth(name, TEXT))));
  const numbers = printWidth('-00.0', TEXT);
  const room = width - names - numbers - 2 * GAP;
  const values = shown.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rows = shown.map(({ name, value, isTrue }, i) => {
    const length = room * (high > low ? 0.1 + (0.9 * (value - low)) / (high - low) : 1);
    const y = i * BAR.line;
    return [
      label(names, y + 9, name, ' text-anchor="end"'),
      `<rect x="${names + GAP}" y="${y}" width="${length}" height="${BAR.height}" fill="${isTrue ? GOOD : '#94a3b8'}"/>`,
      label(width, y + 9, value.toFixed(1), ' text-anchor="end"'),
    ].join('');
  });
  return { svg: rows.join(''), height: shown.length * BAR.line };
}

/** `#rrggbb` of `rgb(r g b)`, which older readers of SVG do not know. */
export function hex(color: string): string {
  const parts = color.match(/\d+/g) ?? [];
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}
