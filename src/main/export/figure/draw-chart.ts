import { init, setPlatformAPI } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import {
  CHART_FONT_SIZE,
  chartSvg,
  measurePrintText,
  type Size,
} from '../../../shared/charts/chart-svg.ts';
import { printWidth } from '../../../shared/charts/print-text.ts';

measurePrintText(setPlatformAPI, (text) => ({ width: printWidth(text, CHART_FONT_SIZE) }));

/** A chart as an SVG document, without a window. */
export function drawChart(option: EChartsCoreOption, size: Size): string {
  return chartSvg(init, option, size);
}
