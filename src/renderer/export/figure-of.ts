import { type EChartsCoreOption, init } from 'echarts/core';
import { type FigureFormat, type FigureInput, LAYOUT_WIDTHS } from '../../shared/api/export.ts';
import { chartSvg } from '../../shared/charts/chart-svg.ts';
import { registerCharts } from '../charts/echarts.ts';

const ASPECT = 0.62;

/** A chart drawn for paper, with what is printed around it. */
export function figureOf(
  figure: {
    option: (width: number) => EChartsCoreOption;
    name: string;
    title?: string;
    note: string;
    hidden?: readonly string[];
    height?: number | ((width: number) => number);
  },
  format: FigureFormat,
): Omit<FigureInput, 'format'> {
  registerCharts();
  const width = LAYOUT_WIDTHS[format];
  const { height: wanted = width * ASPECT } = figure;
  const height = Math.round(typeof wanted === 'number' ? wanted : wanted(width));
  const hidden = [...(figure.hidden ?? [])];
  return {
    svg: chartSvg(init, figure.option(width), { width, height }, hidden),
    width,
    height,
    name: figure.name,
    title: figure.title ?? null,
    note: figure.note,
    hidden,
  };
}
