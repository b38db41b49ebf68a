import type { EChartsCoreOption, init as initChart, setPlatformAPI } from 'echarts/core';
import { PRINT_FAMILY, PRINT_FONT, printWidth } from './print-text.ts';

export type Size = { width: number; height: number };
type Measure = (text: string, font?: string) => { width: number };
type Part = Record<string, unknown>;

/** Of every text in a chart, screen or paper. */
export const CHART_FONT_SIZE = 12;
/** ECharts' own for a legend, where a chart does not say. */
const LEGEND = { itemWidth: 25, itemGap: 8 };

/**
 * Lets ECharts measure text for paper in the font it will be printed in, which this machine may lack.
 * @param otherFonts measures the fonts of the screen
 */
export function measurePrintText(setApi: typeof setPlatformAPI, otherFonts: Measure): void {
  setApi({
    measureText: (text: string, font?: string) => {
      if (!font?.includes(PRINT_FONT)) return otherFonts(text, font);
      const size = Number(/([\d.]+)px/.exec(font)?.[1] ?? CHART_FONT_SIZE);
      return { width: printWidth(text ?? '', size) };
    },
  });
}

/**
 * A chart as an SVG document, for paper: no part that needs a pointer, and the whole legend.
 * @param init of an ECharts that has its SVG renderer and the chart's parts registered
 * @param size in pixels
 * @param hidden names of series that are left out
 */
export function chartSvg(
  init: typeof initChart,
  option: EChartsCoreOption,
  size: Size,
  hidden: readonly string[] = [],
): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(forPrint(option, size.width, new Set(hidden)));
    return withoutScreenParts(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** Styles for a pointer, which would hold for a whole page, and ECharts' own marks. */
function withoutScreenParts(svg: string): string {
  return svg.replaceAll(/<style\b[\s\S]*?<\/style>/g, '').replaceAll(/ ecmeta_\w+="[^"]*"/g, '');
}

function forPrint(
  option: EChartsCoreOption,
  width: number,
  hidden: ReadonlySet<string>,
): EChartsCoreOption {
  const { dataZoom: _zoom, tooltip: _tooltip, toolbox: _toolbox, legend, ...kept } = option;
  const all = [option.series ?? []].flat() as { name?: string }[];
  const series = all.filter(({ name }) => name === undefined || !hidden.has(name));
  const names = [...new Set(series.flatMap(({ name }) => name ?? []))];
  const top = legend ? legendRoom(legend as Legend, names, width) : 0;
  return {
    ...kept,
    series,
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: PRINT_FAMILY, fontSize: CHART_FONT_SIZE },
    ...(legend ? { legend: { ...(legend as Part), type: 'plain' } } : {}),
    ...(legend && option.grid ? { grid: lowered(option.grid, top) } : {}),
  };
}

/** Room for a legend of more than one row. */
function lowered(grid: unknown, by: number): unknown {
  if (Array.isArray(grid)) return grid;
  const top = (grid as Part).top;
  return typeof top === 'number' ? { ...(grid as Part), top: top + by } : grid;
}

type Legend = { itemWidth?: number; itemGap?: number; textStyle?: { fontSize?: number } };

/** What a legend's rows after the first need: entries go beside each other while they fit. */
function legendRoom(legend: Legend, names: readonly string[], width: number): number {
  const { itemWidth = LEGEND.itemWidth, itemGap = LEGEND.itemGap, textStyle } = legend;
  const fontSize = textStyle?.fontSize ?? CHART_FONT_SIZE;
  let rows = 1;
  let at = 0;
  for (const name of names) {
    // The icon, a gap of 5 pixels, the name.
    const entry = itemWidth + 5 + printWidth(name, fontSize);
    if (at > 0 && at + entry > width - 20) {
      rows += 1;
      at = 0;
    }
    at += entry + itemGap;
  }
  return (rows - 1) * (fontSize + itemGap + 2);
}
