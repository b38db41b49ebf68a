import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { CHART_FONT_SIZE, measurePrintText } from '../../shared/charts/chart-svg.ts';
import { printWidth } from '../../shared/charts/print-text.ts';

/** The parts of ECharts that our charts use; SVG, so that a figure can be taken out as it is. */
export function registerCharts(): void {
  use([
    BarChart,
    CustomChart,
    LineChart,
    ScatterChart,
    AriaComponent,
    DataZoomComponent,
    GridComponent,
    LegendComponent,
    MarkLineComponent,
    TooltipComponent,
    SVGRenderer,
  ]);
  measurePrintText(setPlatformAPI, measureOnScreen);
}

let screen: CanvasRenderingContext2D | null = null;

function measureOnScreen(text: string, font?: string): { width: number } {
  screen ??= document.createElement('canvas').getContext('2d');
  if (!screen) return { width: printWidth(text, CHART_FONT_SIZE) };
  if (font) screen.font = font;
  return screen.measureText(text);
}
