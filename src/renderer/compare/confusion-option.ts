import type { CustomSeriesRenderItemAPI } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import { PRINT_FAMILY, printWidth } from '../../shared/charts/print-text.ts';
import { type Confusion, imagesOf } from './confusion.ts';

type ConfusionFigure = {
  matrix: Confusion;
  /** Classes in the order drawn. */
  order: readonly number[];
  classNames: readonly string[];
  description: string;
};

const NAME_SIZE = 12;
const LONGEST_NAME = 124;
const GAP = 6;
const LARGEST = 34;
/** Cells smaller than this have no room for their number. */
const NUMBERS_FROM = 13;
/** From this share on a number is written in white. */
const STRONG = 0.55;
const INK = '#0f172a';
const LINES = '#e2e8f0';

/** Room for the names at the left and above, and the side of a cell, in a width. */
function layoutOf({ order, classNames }: ConfusionFigure, width: number) {
  const widths = order.map((label) => printWidth(classNames[label] ?? '', NAME_SIZE));
  const room = Math.ceil(Math.min(LONGEST_NAME, Math.max(0, ...widths))) + 2 * GAP;
  const cell = Math.min(LARGEST, (width - room - 1) / Math.max(1, order.length));
  return { room, cell };
}

/** Pixels that a matrix takes in a width: its cells are squares. */
export function confusionHeight(figure: ConfusionFigure, width: number): number {
  const { room, cell } = layoutOf(figure, width);
  return Math.ceil(room + cell * figure.order.length + GAP);
}

/** A confusion matrix for paper: right answers in blue, wrong ones in red, by share of the class. */
export function confusionOption(figure: ConfusionFigure): EChartsCoreOption {
  return {
    animation: false,
    aria: { enabled: true, label: { description: figure.description } },
    series: [
      {
        type: 'custom',
        coordinateSystem: 'none',
        silent: true,
        data: [[0]],
        renderItem: (_hit: unknown, api: CustomSeriesRenderItemAPI) => {
          const { room, cell } = layoutOf(figure, api.getWidth());
          return {
            type: 'group',
            children: [...namesOf(figure, room, cell), ...cellsOf(figure, room, cell)],
          };
        },
      },
    ],
  };
}

function namesOf({ order, classNames }: ConfusionFigure, room: number, cell: number) {
  const font = `${Math.min(NAME_SIZE, cell)}px ${PRINT_FAMILY}`;
  const name = (label: number, at: { x: number; y: number; rotation?: number }, align: string) => ({
    type: 'text',
    ...at,
    style: {
      text: classNames[label] ?? '',
      font,
      fill: INK,
      align,
      verticalAlign: 'middle',
      width: LONGEST_NAME,
      overflow: 'truncate',
      ellipsis: '…',
    },
  });
  return order.flatMap((label, index) => {
    const middle = room + (index + 0.5) * cell;
    return [
      name(label, { x: room - GAP, y: middle }, 'right'),
      name(label, { x: middle, y: room - GAP, rotation: Math.PI / 2 }, 'left'),
    ];
  });
}

function cellsOf({ matrix, order }: ConfusionFigure, room: number, cell: number) {
  return order.flatMap((label, row) => {
    const of = imagesOf(matrix, label);
    return order.map((predicted, column) => {
      const count = matrix[label]?.[predicted] ?? 0;
      const share = of === 0 ? 0 : count / of;
      return {
        type: 'rect',
        shape: { x: room + column * cell, y: room + row * cell, width: cell, height: cell },
        style: {
          fill: count === 0 ? '#ffffff' : shade(share, label === predicted),
          stroke: LINES,
          lineWidth: 0.5,
        },
        textContent: {
          style: {
            text: count > 0 && cell >= NUMBERS_FROM ? String(count) : '',
            font: `${Math.min(11, cell * 0.55)}px ${PRINT_FAMILY}`,
            fill: share > STRONG ? '#ffffff' : INK,
          },
        },
        textConfig: { position: 'inside' },
      };
    });
  });
}

function shade(share: number, isRight: boolean): string {
  const color = isRight ? '29,78,216' : '185,28,28';
  return `rgba(${color},${(0.18 + 0.82 * share).toFixed(3)})`;
}
