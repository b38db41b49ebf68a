import { type RunStyle, runStyle } from '../../shared/charts/run-style.ts';

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
      symbol: right.symbol === left.symbol ? OTHER[left.symbol] : right.symbol,
    },
  };
}

const OTHER = { circle: 'diamond', rect: 'triangle', triangle: 'rect', diamond: 'circle' } as const;
