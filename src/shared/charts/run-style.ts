import { METHOD_NAMES, type MethodName } from '../run-config.ts';

/**
 * How a run looks wherever it is drawn. Colour alone never tells runs apart: the dash and the
 * marker differ too.
 */
export type RunStyle = {
  /** Index into the palette; `colorOf` gives the shade for the theme. */
  color: number;
  dash: (typeof DASHES)[number];
  symbol: (typeof SYMBOLS)[number];
};

/** Tailwind's 700 and 400 shades: each has 3 to 1 and more on its theme's page. */
const PALETTE = [
  { light: '#0f766e', dark: '#2dd4bf' },
  { light: '#b91c1c', dark: '#f87171' },
  { light: '#1d4ed8', dark: '#60a5fa' },
  { light: '#a16207', dark: '#facc15' },
  { light: '#7e22ce', dark: '#c084fc' },
  { light: '#4d7c0f', dark: '#a3e635' },
  { light: '#be185d', dark: '#f472b6' },
  { light: '#0e7490', dark: '#22d3ee' },
  { light: '#c2410c', dark: '#fb923c' },
  { light: '#4338ca', dark: '#818cf8' },
] as const;

export const DASHES = ['solid', 'dashed', 'dotted', 'dash-dot'] as const;
export const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'] as const;

/** The style of a run: a function of its id and of nothing else, so it never changes. */
export function runStyle(runId: string): RunStyle {
  const hash = fnv1a(runId);
  const color = hash % PALETTE.length;
  const rest = Math.floor(hash / PALETTE.length);
  const dash = DASHES[rest % DASHES.length] ?? 'solid';
  const symbol = SYMBOLS[Math.floor(rest / DASHES.length) % SYMBOLS.length] ?? 'circle';
  return { color, dash, symbol };
}

/** The style of a method where one line stands for all its runs: no two methods share one. */
export function methodStyle(method: MethodName): RunStyle {
  const index = METHOD_NAMES.indexOf(method);
  const dash = DASHES[index % DASHES.length] ?? 'solid';
  const symbol = SYMBOLS[Math.floor(index / DASHES.length) % SYMBOLS.length] ?? 'circle';
  return { color: index % PALETTE.length, dash, symbol };
}

/** A colour of the palette as `#rrggbb`. */
export function colorOf(index: number, isDark: boolean): string {
  const shades = PALETTE[index % PALETTE.length] ?? PALETTE[0];
  return isDark ? shades.dark : shades.light;
}

const DASH_LENGTHS: Record<RunStyle['dash'], number[]> = {
  solid: [],
  dashed: [6, 3],
  dotted: [2, 2],
  'dash-dot': [7, 3, 2, 3],
};

/** Lengths of strokes and gaps in pixels, as SVG and ECharts read them; empty for a solid line. */
export function dashLengths(dash: RunStyle['dash']): number[] {
  return DASH_LENGTHS[dash];
}

/** 32-bit FNV-1a of the UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
