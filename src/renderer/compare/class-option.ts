import type { EChartsCoreOption } from 'echarts/core';
import { colorOf, type RunStyle } from '../../shared/charts/run-style.ts';

type ClassPoint = { name: string; a: number | null; b: number | null };

export type ClassChartInput = {
  /** From top to bottom. */
  classes: readonly ClassPoint[];
  names: { a: string; b: string };
  styles: { a: RunStyle; b: RunStyle };
  xName: string;
  format: (value: number) => string;
  isDark: boolean;
  description: string;
};

/** Pixels that so many classes want. */
export function classChartHeight(classes: number): number {
  return 88 + 20 * classes;
}

/**
 * Both accuracies of each class on one line, joined, so that a gap is seen as a length. A class that
 * a side was not measured on has no point there.
 */
export function classOption(input: ClassChartInput): EChartsCoreOption {
  const ink = input.isDark ? '#cbd5e1' : '#475569';
  const grid = input.isDark ? '#334155' : '#e2e8f0';
  return {
    animation: false,
    aria: { enabled: true, label: { description: input.description } },
    grid: { left: 8, right: 24, top: 36, bottom: 40, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 11,
      itemHeight: 11,
      textStyle: { color: ink },
      data: [input.names.a, input.names.b],
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? input.format(value) : '-'),
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: 1,
      name: input.xName,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: ink },
      axisLabel: { color: ink, formatter: input.format },
      splitLine: { lineStyle: { color: grid } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: input.classes.map(({ name }) => name),
      axisLabel: { color: ink, interval: 0, width: 140, overflow: 'truncate' },
      axisLine: { lineStyle: { color: ink } },
      axisTick: { show: false },
    },
    series: [...gaps(input, ink), side(input, 'a'), side(input, 'b')],
  };
}

/** An unseen bar up to the smaller value, and a thin one from there to the larger. */
function gaps({ classes }: ClassChartInput, ink: string) {
  const bar = { type: 'bar', stack: 'gap', barWidth: 2, silent: true, tooltip: { show: false } };
  const low = classes.map(({ a, b }) => (a === null || b === null ? 0 : Math.min(a, b)));
  const length = classes.map(({ a, b }) => (a === null || b === null ? 0 : Math.abs(b - a)));
  return [
    { ...bar, data: low, itemStyle: { color: 'transparent' } },
    { ...bar, data: length, itemStyle: { color: ink } },
  ];
}

function side({ classes, names, styles, isDark }: ClassChartInput, which: 'a' | 'b') {
  return {
    type: 'scatter',
    name: names[which],
    symbol: styles[which].symbol,
    symbolSize: 11,
    color: colorOf(styles[which].color, isDark),
    z: 3,
    data: classes.map((point) => point[which] ?? '-'),
  };
}
