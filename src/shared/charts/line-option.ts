import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber } from '../format-number.ts';
import { colorOf, dashLengths, type RunStyle } from './run-style.ts';

export type LinePoint = readonly [x: number, y: number];
export type Line = { name: string; points: readonly LinePoint[]; style: RunStyle };

export type LineChartInput = {
  lines: readonly Line[];
  xName: string;
  yName: string;
  /** Steps over decades need a logarithmic scale; values of 0 and below are then left out. */
  logarithmic?: boolean;
  /** Doublings on the x axis, such as numbers of shots, stand equally far apart. */
  doubling?: boolean;
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
      ...(input.doubling ? { type: 'log', logBase: 2 } : { type: 'value' }),
      name: input.xName,
      nameLocation: 'middle',
      nameGap: 28,
      min: 'dataMin',
      max: 'dataMax',
      minInterval: 1,
    },
    yAxis: {
      ...axis,
      type: input.logarithmic ? 'log' : 'value',
      name: input.yName,
      nameLocation: 'middle',
      nameGap: 48,
      scale: true,
      axisLabel: { color: ink, formatter: format },
    },
    series: input.lines.map((line) => toSeries(line, input)),
  };
}

function toSeries({ name, points, style }: Line, { isDark, logarithmic }: LineChartInput) {
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
    color: colorOf(style.color, isDark),
    lineStyle: { width: 2, type: dash.length > 0 ? dash : 'solid' },
  };
}
