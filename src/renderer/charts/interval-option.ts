import type { CustomSeriesRenderItemAPI } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import { colorOf, type RunStyle } from '../../shared/charts/run-style.ts';

export type IntervalRow = {
  name: string;
  value: number;
  /** Null where there is none: the point stands alone. */
  interval: readonly [low: number, high: number] | null;
  style: Pick<RunStyle, 'color' | 'symbol'>;
};

export type IntervalChartInput = {
  /** From top to bottom. */
  rows: readonly IntervalRow[];
  xName: string;
  format: (value: number) => string;
  /** Draws the line of no difference. */
  zero?: boolean;
  isDark: boolean;
  description: string;
};

/** Pixels that a chart of so many rows wants. */
export function intervalHeight(rows: number): number {
  return 56 + 28 * rows;
}

/** Points with their intervals, one row each, for ECharts. */
export function intervalOption(input: IntervalChartInput): EChartsCoreOption {
  const ink = input.isDark ? '#cbd5e1' : '#475569';
  const grid = input.isDark ? '#334155' : '#e2e8f0';
  const line = { lineStyle: { color: ink } };
  return {
    animation: false,
    aria: { enabled: true, label: { description: input.description } },
    grid: { left: 8, right: 24, top: 8, bottom: 40, containLabel: true },
    tooltip: { trigger: 'item', formatter: ({ dataIndex }: Hit) => spoken(input, dataIndex) },
    xAxis: {
      type: 'value',
      // From 0 on only where 0 means something.
      scale: !input.zero,
      name: input.xName,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: ink },
      axisLabel: { color: ink, formatter: input.format, hideOverlap: true },
      axisLine: line,
      splitLine: { lineStyle: { color: grid } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: input.rows.map(({ name }) => name),
      axisLabel: { color: ink },
      axisLine: { ...line, onZero: false },
      axisTick: { show: false },
    },
    series: [whiskers(input), points(input, ink)],
  };
}

type Hit = { dataIndex: number };

function spoken({ rows, format }: IntervalChartInput, index: number): string {
  const row = rows[index];
  if (!row) return '';
  const span = row.interval ? ` [${row.interval.map(format).join(', ')}]` : '';
  return `${row.name}: ${format(row.value)}${span}`;
}

function points({ rows, isDark, zero }: IntervalChartInput, ink: string) {
  return {
    type: 'scatter',
    symbolSize: 11,
    z: 3,
    data: rows.map(({ value, style }, index) => ({
      value: [value, index],
      symbol: style.symbol,
      itemStyle: { color: colorOf(style.color, isDark) },
    })),
    ...(zero
      ? {
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: ink, type: 'dashed' },
            data: [{ xAxis: 0 }],
          },
        }
      : {}),
  };
}

/** A line from end to end with a cap at each. */
function whiskers({ rows, isDark }: IntervalChartInput) {
  const CAP = 5;
  return {
    type: 'custom',
    silent: true,
    data: rows.map(({ interval, value }, index) => [...(interval ?? [value, value]), index]),
    encode: { x: [0, 1], y: 2 },
    renderItem: ({ dataIndex }: Hit, api: CustomSeriesRenderItemAPI) => {
      const row = rows[dataIndex];
      if (!row?.interval) return null;
      const [x1 = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
      const [x2 = 0] = api.coord([api.value(1), api.value(2)]);
      const stroke = colorOf(row.style.color, isDark);
      const bar = (from: [number, number], to: [number, number]) => ({
        type: 'line' as const,
        shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
        style: { stroke, lineWidth: 2 },
      });
      return {
        type: 'group' as const,
        children: [
          bar([x1, y], [x2, y]),
          bar([x1, y - CAP], [x1, y + CAP]),
          bar([x2, y - CAP], [x2, y + CAP]),
        ],
      };
    },
  };
}
