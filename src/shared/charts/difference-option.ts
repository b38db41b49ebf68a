import type { EChartsCoreOption } from 'echarts/core';
import { colorOf, type RunStyle } from './run-style.ts';

/** A difference as a fraction with its 95 % interval. */
type Difference = { delta: number; ci: readonly [number, number] };
export type DifferenceRow = { name: string; natural: Difference; robust: Difference | null };

const STYLES = {
  natural: { color: 2, symbol: 'circle' },
  robust: { color: 8, symbol: 'diamond' },
} as const satisfies Record<string, Pick<RunStyle, 'color' | 'symbol'>>;
/** How far the two stand above and below the middle of their row, in rows. */
const APART = 0.15;

/** Differences with their intervals, a row each, natural above robust; the line at 0 is no difference. */
export function differenceOption(
  rows: readonly DifferenceRow[],
  xName: string,
  description: string,
): EChartsCoreOption {
  const ink = '#475569';
  const series = (name: 'natural' | 'robust', shift: number) =>
    rows.flatMap((row, index) => {
      const found = row[name];
      if (!found) return [];
      const y = index + shift;
      const color = colorOf(STYLES[name].color, false);
      return [
        {
          type: 'line',
          name,
          color,
          symbol: 'none',
          lineStyle: { width: 2 },
          data: found.ci.map((end) => [100 * end, y]),
        },
        {
          type: 'scatter',
          name,
          color,
          symbol: STYLES[name].symbol,
          symbolSize: 9,
          data: [[100 * found.delta, y]],
        },
      ];
    });
  return {
    animation: false,
    aria: { enabled: true, label: { description } },
    legend: {
      top: 0,
      left: 0,
      textStyle: { color: ink },
      data: Object.entries(STYLES).map(([name, { symbol }]) => ({ name, icon: symbol })),
    },
    grid: { left: 90, right: 16, top: 32, bottom: 42 },
    xAxis: {
      type: 'value',
      name: xName,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: ink },
      axisLabel: { color: ink },
      axisLine: { onZero: false, lineStyle: { color: ink } },
      splitLine: { lineStyle: { color: '#e2e8f0' } },
    },
    yAxis: {
      type: 'value',
      min: -0.5,
      max: rows.length - 0.5,
      interval: 0.5,
      inverse: true,
      axisLabel: {
        color: ink,
        // Ticks lie between the rows too.
        formatter: (value: number) => rows[value]?.name ?? '',
      },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
    },
    series: [
      {
        type: 'line',
        symbol: 'none',
        color: ink,
        lineStyle: { width: 1, type: 'dashed' },
        data: [
          [0, -0.5],
          [0, rows.length - 0.5],
        ],
      },
      ...series('natural', -APART),
      ...series('robust', APART),
    ],
  };
}
