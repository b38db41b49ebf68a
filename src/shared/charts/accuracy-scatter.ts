import type { EChartsCoreOption } from 'echarts/core';
import { colorOf, type RunStyle } from './run-style.ts';

/** Accuracy as a fraction; `std` over seeds, null for one seed. */
type Spread = { mean: number; std: number | null };
export type ScatterPoint = { name: string; style: RunStyle; natural: Spread; robust: Spread };

export type ScatterInput = {
  points: readonly ScatterPoint[];
  xName: string;
  yName: string;
  isDark: boolean;
  /** Read aloud in place of the picture. */
  description: string;
  fontSize?: number;
};

/**
 * Natural (across) against robust accuracy (up), a point a method with bars of one standard deviation.
 */
export function accuracyScatter(input: ScatterInput): EChartsCoreOption {
  const { isDark, points, fontSize = 12 } = input;
  const ink = isDark ? '#cbd5e1' : '#475569';
  const axis = {
    type: 'value',
    scale: true,
    nameLocation: 'middle',
    nameTextStyle: { color: ink, fontSize },
    axisLabel: { color: ink, fontSize, formatter: percent },
    axisLine: { show: true, lineStyle: { color: ink } },
    splitLine: { lineStyle: { color: isDark ? '#334155' : '#e2e8f0' } },
    ...{ min: (range: Range) => below(range), max: (range: Range) => above(range) },
  };
  return {
    animation: false,
    aria: { enabled: true, label: { description: input.description } },
    legend: {
      top: 0,
      left: 0,
      type: 'scroll',
      itemWidth: 10,
      itemGap: 8,
      textStyle: { color: ink, fontSize },
      data: points.map(({ name, style }) => ({ name, icon: style.symbol })),
    },
    grid: { left: 50, right: 12, top: 32, bottom: 42 },
    xAxis: { ...axis, name: input.xName, nameGap: 26 },
    yAxis: { ...axis, name: input.yName, nameGap: 36 },
    series: points.flatMap((point) => [
      bars(point, isDark),
      {
        type: 'scatter',
        name: point.name,
        data: [[point.natural.mean, point.robust.mean]],
        symbol: point.style.symbol,
        symbolSize: 8,
        color: colorOf(point.style.color, isDark),
      },
    ]),
  };
}

type Range = { min: number; max: number };
const MARGIN = 0.08;
const STEP = 0.1;

/** To a whole tenth, with room for bars and names. */
function below({ min, max }: Range): number {
  return Math.max(0, Math.floor((min - MARGIN * (max - min)) / STEP) * STEP);
}

function above({ min, max }: Range): number {
  return Math.min(1, Math.ceil((max + MARGIN * (max - min)) / STEP) * STEP);
}

function percent(value: number): string {
  return String(Math.round(100 * value));
}

/** A cross of one standard deviation each way; a gap parts its two lines. */
function bars({ name, natural, robust, style }: ScatterPoint, isDark: boolean) {
  const [dx, dy] = [natural.std ?? 0, robust.std ?? 0];
  return {
    type: 'line',
    name,
    silent: true,
    symbol: 'none',
    color: colorOf(style.color, isDark),
    lineStyle: { width: 1.25 },
    data: [
      [natural.mean - dx, robust.mean],
      [natural.mean + dx, robust.mean],
      [null, null],
      [natural.mean, robust.mean - dy],
      [natural.mean, robust.mean + dy],
    ],
  };
}
