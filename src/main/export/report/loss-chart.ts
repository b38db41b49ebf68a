import { lineOption } from '../../../shared/charts/line-option.ts';
import { DASHES, SYMBOLS } from '../../../shared/charts/run-style.ts';
import { drawChart } from '../figure/draw-chart.ts';
import type { Point } from './report-data.ts';

export type ChartOptions = {
  series: { name: string; points: Point[] }[];
  xName: string;
  yName: string;
  /** A log axis shows terms of very different size; values of 0 and below are left out there. */
  log?: boolean;
};

const SIZE = { width: 520, height: 300 };

/** A line chart as an SVG element, drawn without a browser; colour, dash and marker tell lines apart. */
export function lineChartSvg({ series, xName, yName, log = false }: ChartOptions): string {
  const lines = series.map(({ name, points }, index) => ({
    name,
    points,
    style: {
      color: index,
      dash: DASHES[index % DASHES.length] ?? 'solid',
      symbol: SYMBOLS[index % SYMBOLS.length] ?? 'circle',
    },
  }));
  const description = `${yName} by ${xName}: ${series.map(({ name }) => name).join(', ')}`;
  return drawChart(
    lineOption({ lines, xName, yName, logarithmic: log, isDark: false, description }),
    SIZE,
  );
}
