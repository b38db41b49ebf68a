import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Point } from './report-data.ts';

echarts.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Okabe and Ito's colours: told apart under every common colour blindness. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
/** Beside colour, so that lines are told apart in print. */
const DASHES = ['solid', 'dashed', 'dotted', [8, 3, 2, 3], [2, 6], [12, 4]] as const;

export type ChartOptions = {
  series: { name: string; points: Point[] }[];
  xName: string;
  yName: string;
  /** A log axis shows terms of very different size; values of 0 and below are left out there. */
  log?: boolean;
  width?: number;
  height?: number;
};

/** A line chart as an SVG element, drawn without a browser. */
export function lineChartSvg(options: ChartOptions): string {
  const { width = 520, height = 300 } = options;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(toChartOption(options));
    // Its style sheet only recolours parts under the mouse, and would hold for the whole page.
    return chart.renderToSVGString().replace(/<style[\s\S]*?<\/style>/g, '');
  } finally {
    // Without this its timer keeps the process from ending.
    chart.dispose();
  }
}

/** The chart's description, apart from its drawing. */
export function toChartOption({
  series,
  xName,
  yName,
  log,
}: ChartOptions): echarts.EChartsCoreOption {
  const axis = {
    nameLocation: 'middle',
    nameTextStyle: { color: '#222' },
    axisLabel: { color: '#222' },
    axisLine: { show: true, lineStyle: { color: '#555' } },
    splitLine: { lineStyle: { color: '#ddd' } },
  };
  const shown = ([, y]: Point) => !log || y > 0;
  return {
    animation: false,
    backgroundColor: '#fff',
    color: COLORS,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: { left: 72, right: 20, top: 48, bottom: 46 },
    legend: { top: 10, itemGap: 16, itemWidth: 24, textStyle: { color: '#222' } },
    xAxis: {
      ...axis,
      type: 'value',
      name: xName,
      nameGap: 28,
      minInterval: 1,
      min: 0,
    },
    yAxis: { ...axis, type: log ? 'log' : 'value', name: yName, nameGap: 48 },
    series: series.map(({ name, points }, index) => ({
      name,
      type: 'line',
      showSymbol: points.length <= 20,
      data: points.filter(shown),
      lineStyle: { width: 2, type: DASHES[index % DASHES.length] },
    })),
  };
}
