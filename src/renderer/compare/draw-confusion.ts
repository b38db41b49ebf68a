import { type Confusion, imagesOf, type Position } from './confusion.ts';

/** Where a matrix lies in its canvas, in CSS pixels. */
type MatrixLayout = { cell: number; left: number; top: number; size: number };

const LONGEST_NAME = 124;
const GAP = 6;
const SMALLEST = 11;
const LARGEST = 34;
const NAME_SIZE = 12;
const NUMBERS_FROM = 20;
/** From this share on a cell is dark on a light page, and the other way round. */
const STRONG = 0.55;

/**
 * As large as the width allows, and never so small that a class's name cannot stand beside it.
 * @param longest width of the longest name at 12 pixels
 */
export function layoutMatrix(size: number, width: number, longest: number): MatrixLayout {
  const room = Math.ceil(Math.min(longest, LONGEST_NAME)) + 2 * GAP;
  const fitting = Math.floor((width - room) / Math.max(1, size));
  const cell = Math.min(LARGEST, Math.max(SMALLEST, fitting));
  return { cell, left: room, top: room, size };
}

/** Width in pixels of the longest of the names, as they are drawn at most. */
export function longestName(context: CanvasRenderingContext2D, names: readonly string[]): number {
  context.font = `${NAME_SIZE}px system-ui`;
  return Math.max(0, ...names.map((name) => context.measureText(name).width));
}

/** Width and height of the whole drawing, in CSS pixels. */
export function extentOf({ cell, left, top, size }: MatrixLayout) {
  return { width: left + cell * size + 1, height: top + cell * size + 1 };
}

/** The cell under a point of the canvas; null beside the matrix. */
export function cellAt({ cell, left, top, size }: MatrixLayout, x: number, y: number) {
  const row = Math.floor((y - top) / cell);
  const column = Math.floor((x - left) / cell);
  const isInside = row >= 0 && column >= 0 && row < size && column < size;
  return isInside ? { row, column } : null;
}

type MatrixDrawing = {
  matrix: Confusion;
  /** Classes in the order drawn. */
  order: readonly number[];
  classNames: readonly string[];
  layout: MatrixLayout;
  cursor: Position | null;
  isDark: boolean;
};

/** Right answers in blue and wrong ones in red, each as strong as its share of the class. */
export function drawConfusion(context: CanvasRenderingContext2D, drawing: MatrixDrawing): void {
  const { width, height } = extentOf(drawing.layout);
  context.fillStyle = drawing.isDark ? '#0f172a' : '#ffffff';
  context.fillRect(0, 0, width, height);
  drawNames(context, drawing);
  drawCells(context, drawing);
  drawCursor(context, drawing);
}

function drawNames(context: CanvasRenderingContext2D, drawing: MatrixDrawing): void {
  const { order, classNames, layout, isDark, cursor } = drawing;
  const { cell, left, top } = layout;
  const size = Math.min(NAME_SIZE, cell);
  const ink = isDark ? '#cbd5e1' : '#334155';
  context.font = `${size}px system-ui`;
  context.textBaseline = 'middle';
  const name = (label: number): string => shorten(context, classNames[label] ?? '', LONGEST_NAME);
  order.forEach((label, index) => {
    const middle = (index + 0.5) * cell;
    const font = (isMarked: boolean): string => `${isMarked ? '700 ' : ''}${size}px system-ui`;
    context.fillStyle = ink;
    context.font = font(cursor?.row === index);
    context.textAlign = 'right';
    context.fillText(name(label), left - GAP, top + middle);
    context.save();
    context.translate(left + middle, top - GAP);
    context.rotate(-Math.PI / 2);
    context.font = font(cursor?.column === index);
    context.textAlign = 'left';
    context.fillText(name(label), 0, 0);
    context.restore();
  });
}

function drawCells(context: CanvasRenderingContext2D, drawing: MatrixDrawing): void {
  const { matrix, order, layout, isDark } = drawing;
  const { cell, left, top, size } = layout;
  context.font = '11px system-ui';
  context.textAlign = 'center';
  order.forEach((label, row) => {
    const of = imagesOf(matrix, label);
    order.forEach((predicted, column) => {
      const count = matrix[label]?.[predicted] ?? 0;
      if (count === 0) return;
      const share = count / of;
      const [x, y] = [left + column * cell, top + row * cell];
      context.fillStyle = shade(share, label === predicted, isDark);
      context.fillRect(x, y, cell, cell);
      if (cell < NUMBERS_FROM) return;
      context.fillStyle = share > STRONG ? ink(!isDark) : ink(isDark);
      context.fillText(String(count), x + cell / 2, y + cell / 2);
    });
  });
  context.strokeStyle = isDark ? '#1e293b' : '#e2e8f0';
  context.beginPath();
  for (let index = 0; index <= size; index += 1) {
    const at = index * cell + 0.5;
    context.moveTo(left + at, top);
    context.lineTo(left + at, top + size * cell);
    context.moveTo(left, top + at);
    context.lineTo(left + size * cell, top + at);
  }
  context.stroke();
}

function drawCursor(context: CanvasRenderingContext2D, drawing: MatrixDrawing): void {
  const { cursor, layout, isDark } = drawing;
  if (!cursor) return;
  const { cell, left, top } = layout;
  context.strokeStyle = ink(isDark);
  context.lineWidth = 2;
  context.strokeRect(left + cursor.column * cell, top + cursor.row * cell, cell, cell);
  context.lineWidth = 1;
}

function ink(isDark: boolean): string {
  return isDark ? '#e2e8f0' : '#0f172a';
}

/** Even one image of many is seen: the weakest shade is well off the page's. */
function shade(share: number, isRight: boolean, isDark: boolean): string {
  const color = isRight
    ? isDark
      ? '96 165 250'
      : '29 78 216'
    : isDark
      ? '251 146 60'
      : '185 28 28';
  return `rgb(${color} / ${(0.18 + 0.82 * share).toFixed(3)})`;
}

/** A name cut to a width in pixels. */
function shorten(context: CanvasRenderingContext2D, name: string, width: number): string {
  if (context.measureText(name).width <= width) return name;
  let end = name.length;
  while (end > 1 && context.measureText(`${name.slice(0, end)}…`).width > width) end -= 1;
  return `${name.slice(0, end)}…`;
}
