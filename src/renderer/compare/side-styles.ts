import { DASHES, type RunStyle, runStyle, SYMBOLS } from '../../shared/charts/run-style.ts';

/**
 * How the two sides are drawn: as their first run is everywhere, but never in one colour, nor with
 * one marker.
 */
export function sideStyles(a: string, b: string): { a: RunStyle; b: RunStyle } {
  const left = runStyle(a);
  const right = runStyle(b);
  return {
    a: left,
    b: {
      ...right,
      color: right.color === left.color ? right.color + 1 : right.color,
      symbol: right.symbol === left.symbol ? following(SYMBOLS, left.symbol, 1) : right.symbol,
    },
  };
}

/** The look of a side's run: one colour for all of a side, another line and marker each seed. */
export function seedStyle(side: RunStyle, index: number): RunStyle {
  return {
    color: side.color,
    dash: following(DASHES, side.dash, index),
    symbol: following(SYMBOLS, side.symbol, index),
  };
}

function following<T>(all: readonly T[], one: T, steps: number): T {
  return all[(all.indexOf(one) + steps) % all.length] ?? one;
}
