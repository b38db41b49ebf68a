import type { ComparedBlock, SidesReport } from '../../shared/api/compare.ts';
import type { RunStyle } from '../../shared/charts/run-style.ts';
import type { IntervalRow } from '../charts/interval-option.ts';

type Styles = { a: RunStyle; b: RunStyle };

/** Rows of the chart of accuracies: each side under attack and without, with its interval. */
export function accuracyRows(
  report: SidesReport,
  styles: Styles,
  nameOf: (side: 'a' | 'b', block: 'robust' | 'natural') => string,
): IntervalRow[] {
  return blocksOf(report).flatMap(([name, block]) =>
    (['a', 'b'] as const).map((side) => ({
      name: nameOf(side, name),
      value: block[side].accuracy,
      interval: block[side].overSeeds?.ci ?? block[side].ci,
      style: styles[side],
    })),
  );
}

/** Rows of the chart of differences: each block's own interval, and the bootstrap's. */
export function differenceRows(
  report: SidesReport,
  style: RunStyle,
  nameOf: (block: 'robust' | 'natural', how: 'difference' | 'bootstrap') => string,
): IntervalRow[] {
  return blocksOf(report).flatMap(([name, block]) => [
    { name: nameOf(name, 'difference'), value: block.delta, interval: block.ci, style },
    {
      name: nameOf(name, 'bootstrap'),
      value: block.delta,
      interval: block.bootstrap.ci,
      style,
    },
  ]);
}

function blocksOf({ robust, natural }: SidesReport): ['robust' | 'natural', ComparedBlock][] {
  return [
    ...(robust ? [['robust', robust] as ['robust', ComparedBlock]] : []),
    ['natural', natural],
  ];
}
