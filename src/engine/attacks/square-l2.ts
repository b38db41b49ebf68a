import { normOf } from './box-projection.ts';
import {
  CHANNELS,
  insideBox,
  type Picture,
  randomPlace,
  randomSign,
  type SquareMoves,
} from './square-moves.ts';

/** A square window: its upper left corner and its side. */
type Window = { top: number; left: number; side: number };

/** The picture starts as this many windows across and down. */
const START_WINDOWS = 5;

/**
 * Square's l2 moves (Andriushchenko et al. 2020, algorithm 3): a grid of two-sided
 * bumps scaled to epsilon, then steps that empty one window and spend its mass, and whatever of
 * epsilon the box [0, 1] has cut off, on a bump in another.
 */
export const l2Moves: SquareMoves = {
  start(picture, epsilon, random) {
    const { size, clean, trial } = picture;
    const side = Math.max(1, Math.floor(size / START_WINDOWS));
    const count = Math.floor(size / side);
    const edge = Math.floor((size - count * side) / 2);
    const shape = bump(side);
    trial.fill(0);
    for (let tile = 0; tile < count * count; tile += 1) {
      const top = edge + side * Math.floor(tile / count);
      const left = edge + side * (tile % count);
      const turned = random.getrandbits(1) === 1;
      for (let channel = 0; channel < CHANNELS; channel += 1) {
        const sign = randomSign(random);
        eachPlace(size, channel, { top, left, side }, (i, row, column) => {
          trial[i] = sign * valueAt(shape, side, turned, row, column);
        });
      }
    }
    const scale = epsilon / normOf('l2', trial);
    for (let i = 0; i < trial.length; i += 1) {
      trial[i] = insideBox(scale * (trial[i] as number), clean[i] as number);
    }
  },
  move(picture, epsilon, p, random) {
    const { size, delta, trial } = picture;
    const side = oddSide(p, size);
    const draw = () => ({
      top: randomPlace(size, side, random),
      left: randomPlace(size, side, random),
      side,
    });
    const [filled, emptied] = [draw(), draw()];
    const turned = random.getrandbits(1) === 1;
    const shape = bump(side);
    const unused = Math.max(0, epsilon ** 2 - normOf('l2', delta) ** 2);
    trial.set(delta);
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      const sign = randomSign(random);
      const added = (row: number, column: number) =>
        sign * valueAt(shape, side, turned, row, column);
      moveMass(picture, channel, filled, emptied, unused / CHANNELS, added);
    }
  },
};

/** The nearest odd side to the share `p` of the picture, at least 3, and no longer than the picture. */
function oddSide(p: number, size: number): number {
  const side = Math.max(3, Math.round(Math.sqrt(p) * size));
  return Math.min(side % 2 === 0 ? side + 1 : side, size);
}

/**
 * Empties one window of one channel and gives the other the direction (old one + new bump) with all
 * the mass that both had, and `unused` more.
 */
function moveMass(
  { size, clean, delta, trial }: Picture,
  channel: number,
  filled: Window,
  emptied: Window,
  unused: number,
  added: (row: number, column: number) => number,
): void {
  let old = 0;
  eachPlace(size, channel, filled, (i) => {
    old += (delta[i] as number) ** 2;
  });
  let mass = unused + old;
  eachPlace(size, channel, emptied, (i, row, column) => {
    const above = emptied.top + row - filled.top;
    const before = emptied.left + column - filled.left;
    const inBoth = above >= 0 && above < filled.side && before >= 0 && before < filled.side;
    if (!inBoth) mass += (delta[i] as number) ** 2;
    trial[i] = 0;
  });
  const perOld = old === 0 ? 0 : 1 / Math.sqrt(old);
  let squares = 0;
  eachPlace(size, channel, filled, (i, row, column) => {
    squares += (added(row, column) + perOld * (delta[i] as number)) ** 2;
  });
  const scale = squares === 0 ? 0 : Math.sqrt(mass / squares);
  eachPlace(size, channel, filled, (i, row, column) => {
    const value = scale * (added(row, column) + perOld * (delta[i] as number));
    trial[i] = insideBox(value, clean[i] as number);
  });
}

/** Index of every pixel of a window, with its row and column in the window. */
function eachPlace(
  size: number,
  channel: number,
  { top, left, side }: Window,
  visit: (index: number, row: number, column: number) => void,
): void {
  for (let row = 0; row < side; row += 1) {
    const first = (channel * size + top + row) * size + left;
    for (let column = 0; column < side; column += 1) visit(first + column, row, column);
  }
}

function valueAt(
  shape: Float64Array,
  side: number,
  turned: boolean,
  row: number,
  column: number,
): number {
  return shape[turned ? column * side + row : row * side + column] as number;
}

const bumps = new Map<number, Float64Array>();

/** `eta` of this side, kept: a run uses few sides, each of them often. */
function bump(side: number): Float64Array {
  const known = bumps.get(side) ?? eta(side);
  bumps.set(side, known);
  return known;
}

/**
 * The paper's eta [side, side], norm 1: a positive bump above a negative one. A bump is
 * sum over k >= r of 1 / (k + 1)^2, r being the distance in l-inf from its middle.
 */
export function eta(side: number): Float64Array {
  const half = Math.floor(side / 2);
  const values = new Float64Array(side * side);
  values.set(half === 0 ? [] : peak(half, side));
  for (const [i, value] of peak(side - half, side).entries()) values[half * side + i] = -value;
  return toUnit(values);
}

function peak(height: number, width: number): Float64Array {
  const [middleRow, middleColumn] = [Math.floor(height / 2), Math.floor(width / 2)];
  const rings = Math.max(middleRow, middleColumn) + 1;
  const tails = new Float64Array(rings + 1);
  for (let k = rings - 1; k >= 0; k -= 1) tails[k] = (tails[k + 1] as number) + 1 / (k + 1) ** 2;
  const values = Float64Array.from({ length: height * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return tails[Math.max(Math.abs(row - middleRow), Math.abs(column - middleColumn))] as number;
  });
  return toUnit(values);
}

function toUnit(values: Float64Array): Float64Array {
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / norm);
}
