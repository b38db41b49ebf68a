import type { CustomSeriesRenderItemAPI } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import { cliques, type RankedMethod } from './critical-difference.ts';

type CriticalInput = {
  /** Best first. */
  methods: readonly RankedMethod[];
  criticalDifference: number;
  /** What the bar of the critical difference is called. */
  barName: string;
  isDark: boolean;
  description: string;
};

const AXIS = 64;
const BAR = 10;
const ROW = 24;
/** A name in two lines wants more. */
const TWO_LINES = 30;
/** Between a name and the end of the axis. */
const GAP = 24;
/** Mean width of a Latin letter, in the wider of the fonts; others are about twice as wide. */
const LETTER = 7.2;
/** Of a narrow figure, on each side of the axis; longer names go on in a second line. */
const LARGEST_SIDE = 0.33;

/** Pixels that so many methods want; of a figure of that width, where it is known. */
export function criticalHeight(input: CriticalInput, width?: number): number {
  const bars = cliques(input.methods, input.criticalDifference).length;
  const { row } = namesIn(input, width);
  return AXIS + 20 + bars * BAR + Math.ceil(input.methods.length / 2) * row;
}

/** Pixels on each side of the axis, and from one name to the next below it. */
function namesIn({ methods }: CriticalInput, width = Number.POSITIVE_INFINITY) {
  const wanted = GAP + Math.max(...methods.map((method) => widthOf(nameOf(method))));
  const side = Math.min(wanted, Math.round(width * LARGEST_SIDE));
  return { side, row: side < wanted ? TWO_LINES : ROW };
}

function nameOf({ name, rank }: RankedMethod): string {
  return `${name} (${rank.toFixed(2)})`;
}

/**
 * Demsar's diagram (2006) for ECharts: average ranks on a line, best at the left, and a bar over
 * methods that are not told apart.
 */
export function criticalOption(input: CriticalInput, width?: number): EChartsCoreOption {
  const names = namesIn(input, width);
  const ink = input.isDark ? '#cbd5e1' : '#334155';
  const axis = { lineStyle: { color: ink } };
  return {
    animation: false,
    aria: { enabled: true, label: { description: input.description } },
    grid: { left: names.side, right: names.side, top: AXIS, bottom: 0 },
    xAxis: {
      type: 'value',
      min: 1,
      max: input.methods.length,
      interval: 1,
      position: 'top',
      axisLabel: { color: ink, fontSize: 12 },
      axisLine: { ...axis, show: true, onZero: false },
      axisTick: { ...axis, show: true },
      splitLine: { show: false },
    },
    yAxis: { type: 'value', min: 0, max: 1, show: false },
    series: [
      {
        type: 'custom',
        silent: true,
        clip: false,
        data: [[1, 1]],
        renderItem: (_hit: unknown, api: CustomSeriesRenderItemAPI) => ({
          type: 'group',
          children: draw(input, names, (rank) => api.coord([rank, 1])[0] ?? 0, ink),
        }),
      },
    ],
  };
}

type Point = [x: number, y: number];

function widthOf(text: string): number {
  return [...text].reduce((sum, sign) => sum + (sign > '\u2e80' ? 2 : 1) * LETTER, 0);
}

function draw(
  input: CriticalInput,
  { side, row: height }: ReturnType<typeof namesIn>,
  at: (rank: number) => number,
  ink: string,
) {
  const { methods, criticalDifference, barName } = input;
  const bars = cliques(methods, criticalDifference);
  const line = (points: Point[], lineWidth = 1) => ({
    type: 'polyline',
    shape: { points },
    style: { stroke: ink, lineWidth, fill: 'none' },
  });
  const text = (words: string, x: number, y: number, align: 'left' | 'right', width?: number) => ({
    type: 'text',
    style: {
      ...{ text: words, x, y, align, verticalAlign: 'middle', fill: ink, fontSize: 12 },
      ...(width === undefined ? {} : { width, overflow: 'break', lineHeight: 13 }),
    },
  });
  const [from, to] = [at(1), at(1 + criticalDifference)];
  const half = Math.ceil(methods.length / 2);
  const left = at(1) - 14;
  const right = at(methods.length) + 14;
  // Over few datasets the bar is as long as the axis, and its name goes below it.
  const isFitting = to + 8 + widthOf(barName) <= at(methods.length) + side;
  return [
    line(
      [
        [from, 10],
        [from, 18],
        [from, 14],
        [to, 14],
        [to, 10],
        [to, 18],
      ],
      1.5,
    ),
    isFitting ? text(barName, to + 8, 14, 'left') : text(barName, from, 30, 'left'),
    ...bars.map((bar, index) => {
      const y = AXIS + 10 + index * BAR;
      return line(
        [
          [at(methods[bar.from]?.rank ?? 1) - 4, y],
          [at(methods[bar.to]?.rank ?? 1) + 4, y],
        ],
        4,
      );
    }),
    // The better half is named at the left, the others at the right, outermost highest.
    ...methods.flatMap((method, index) => {
      const { rank } = method;
      const isLeft = index < half;
      const row = isLeft ? index : methods.length - 1 - index;
      const y = AXIS + 18 + bars.length * BAR + row * height;
      const end = isLeft ? left : right;
      const room = height === ROW ? undefined : side - GAP;
      return [
        line([
          [at(rank), AXIS],
          [at(rank), y],
          [end, y],
        ]),
        text(nameOf(method), isLeft ? end - 4 : end + 4, y, isLeft ? 'right' : 'left', room),
      ];
    }),
  ];
}
