import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber } from '../format-number.ts';
import { colorOf, dashLengths, type RunStyle } from './run-style.ts';

export type LinePoint = readonly [x: number, y: number];
export type Line = {
  name: string;
  points: readonly LinePoint[];
  style: RunStyle | typeof SUM_STYLE;
};

/** A sum beside its parts: wide, and in the page's ink, which no part can have. */
export const SUM_STYLE = { color: 'ink', dash: 'solid', symbol: 'circle' } as const;

export type LineChartInput = {
  lines: readonly Line[];
  xName: string;
  yName: string;
  /** Steps over decades need a logarithmic scale; values of 0 and below are then left out. */
  logarithmic?: boolean;
  /** Ends of an x axis on which doublings, such as numbers of shots, stand equally far apart. */
  doubling?: readonly [from: number, to: number];
  /** The values are accuracies in percent: the axis ends at 0 and at 100. */
  percent?: boolean;
  isDark: boolean;
  /** Read aloud by a screen reader in place of the picture. */
  description: string;
  formatValue?: (value: number) => string;
};

/** A line chart for ECharts. Non-finite values leave a gap. */
export function lineOption(input: LineChartInput): EChartsCoreOption {
  const ink = input.isDark ? '#cbd5e1' : '#475569';
  const grid = input.isDark ? '#334155' : '#e2e8f0';
  const format = input.formatValue ?? formatNumber;
  const axis = {
    nameTextStyle: { color: ink },
    axisLabel: { color: ink },
    axisLine: { lineStyle: { color: ink } },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    animation: false,
    aria: { enabled: true, label: { description: input.description } },
    grid: { left: 64, right: 16, top: 40, bottom: 48 },
    legend: { top: 0, left: 0, type: 'scroll', textStyle: { color: ink }, itemWidth: 32 },
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value: unknown) => (typeof value === 'number' ? format(value) : '-'),
    },
    dataZoom: [{ type: 'inside', filterMode: 'none' }],
    xAxis: {
      ...axis,
      ...xScale(input),
      name: input.xName,
      nameLocation: 'middle',
      nameGap: 28,
      minInterval: 1,
    },
    yAxis: {
      ...axis,
      type: input.logarithmic ? 'log' : 'value',
      name: input.yName,
      nameLocation: 'middle',
      nameGap: 48,
      scale: true,
      ...(input.percent ? PERCENT_ENDS : {}),
      axisLabel: { color: ink, formatter: format },
    },
    series: input.lines.map((line) => toSeries(line, input)),
  };
}

function xScale({ doubling }: LineChartInput) {
  if (!doubling) return { type: 'value', min: 'dataMin', max: 'dataMax' };
  return { type: 'log', logBase: 2, min: doubling[0], max: doubling[1] };
}

type Extent = { min: number; max: number };
/** The next whole tens, within 0 and 100. */
const PERCENT_ENDS = {
  min: ({ min }: Extent) => Math.max(0, Math.floor((min - 1) / 10) * 10),
  max: ({ max }: Extent) => Math.min(100, Math.ceil((max + 1) / 10) * 10),
};

const INK = { light: '#0f172a', dark: '#f8fafc' };

function toSeries({ name, points, style }: Line, { isDark, logarithmic }: LineChartInput) {
  const { color } = style;
  const isSum = color === 'ink';
  const drawable = (y: number): boolean => Number.isFinite(y) && (!logarithmic || y > 0);
  const dash = dashLengths(style.dash);
  return {
    type: 'line',
    name,
    data: points.map(([x, y]) => [x, drawable(y) ? y : null]),
    symbol: style.symbol,
    showSymbol: points.length < 30,
    symbolSize: 6,
    sampling: 'lttb',
    color: isSum ? INK[isDark ? 'dark' : 'light'] : colorOf(color, isDark),
    lineStyle: { width: isSum ? 3 : 2, type: dash.length > 0 ? dash : 'solid' },
    // Behind its parts: a sum of one term is seen as wide as it is, with the term on it.
    z: isSum ? 1 : 2,
  };
}
