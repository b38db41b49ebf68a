import { LineChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from 'echarts/components';
import { use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

/** The parts of ECharts that our charts use; SVG, so that a figure can be taken out as it is. */
export function registerCharts(): void {
  use([
    LineChart,
    AriaComponent,
    DataZoomComponent,
    GridComponent,
    LegendComponent,
    TooltipComponent,
    SVGRenderer,
  ]);
}
