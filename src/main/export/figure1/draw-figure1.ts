import { accuracyScatter, type ScatterPoint } from '../../../shared/charts/accuracy-scatter.ts';
import { cssColor, divergingColor } from '../../../shared/color-scale.ts';
import { drawChart } from '../figure/draw-chart.ts';
import type { View } from './view.ts';
import { hex, label, viewColumn } from './view-column.ts';

const WIDTH = 729;
const COLUMN = { width: 140, gap: 12 };
const LEFT = 6;
const CHART_WIDTH = 258;
const TOP = 20;
const SCALE_HEIGHT = 34;
const MIN_HEIGHT = 300;

/**
 * (a) One image clean, attacked and attacked before a tuned model: image, map, words, logits.
 * (b) Natural against robust accuracy of methods, with bars of one standard deviation over seeds.
 * @param limit the value at the end of the one colour scale of all maps and words
 */
export function drawFigure1(
  views: readonly View[],
  points: readonly ScatterPoint[],
  limit: number,
) {
  const columns = views.map((view) => viewColumn(view, COLUMN.width, limit));
  const tallest = Math.max(...columns.map(({ height }) => height));
  const height = Math.max(MIN_HEIGHT, TOP + tallest + SCALE_HEIGHT);
  const left = views.length * (COLUMN.width + COLUMN.gap);
  const chart = drawChart(
    accuracyScatter({
      points,
      xName: 'Natural accuracy (%)',
      yName: 'Robust accuracy (%)',
      isDark: false,
      description: 'Natural against robust accuracy, a point a method',
      fontSize: 10.5,
    }),
    { width: CHART_WIDTH, height: height - TOP },
  );
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${WIDTH}" height="${height}">`,
    label(LEFT, 11, '(a)', ' font-weight="bold"'),
    ...columns.map(
      ({ svg: column }, i) =>
        `<g transform="translate(${LEFT + i * (COLUMN.width + COLUMN.gap)} ${TOP})">${column}</g>`,
    ),
    `<g transform="translate(${LEFT} ${TOP + tallest + 10})">${scale(left - COLUMN.gap, limit)}</g>`,
    label(WIDTH - CHART_WIDTH, 11, '(b)', ' font-weight="bold"'),
    `<g transform="translate(${WIDTH - CHART_WIDTH} ${TOP})">${inside(chart)}</g>`,
    '</svg>',
  ].join('');
  return { svg, width: WIDTH, height };
}

/** The colour scale of maps and words with its ends as numbers. */
function scale(width: number, limit: number): string {
  const ends = [`-${limit.toPrecision(2)}`, limit.toPrecision(2)] as const;
  const [from, to] = [40, width - 40];
  const steps = 40;
  const step = (to - from) / steps;
  const cells = Array.from({ length: steps }, (_, i) => {
    const color = hex(cssColor(divergingColor((2 * (i + 0.5)) / steps - 1)));
    // A little wider than its place: no seams between neighbours.
    return `<rect x="${from + i * step}" y="0" width="${step + 0.3}" height="8" fill="${color}"/>`;
  });
  const middle = (from + to) / 2;
  return [
    label(from - 4, 8, ends[0], ' text-anchor="end"'),
    ...cells,
    label(to + 4, 8, ends[1]),
    label(middle, 21, 'contribution to the score of the true class', ' text-anchor="middle"'),
  ].join('');
}

/** What stands inside an SVG document. */
function inside(svg: string): string {
  return svg.replace(/^[\s\S]*?<svg\b[^>]*>/, '').replace(/<\/svg>\s*$/, '');
}
