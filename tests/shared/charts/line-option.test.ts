import { describe, expect, it } from 'vitest';
import {
  type LineChartInput,
  lineOption,
  SUM_STYLE,
} from '../../../src/shared/charts/line-option.ts';

type Series = { name: string; data: [number, number | null][]; lineStyle: { type: unknown } };

const input: LineChartInput = {
  lines: [
    {
      name: 'loss',
      points: [
        [1, 2],
        [2, Number.NaN],
        [3, 0],
      ],
      style: { color: 0, dash: 'dashed', symbol: 'rect' },
    },
  ],
  xName: 'step',
  yName: 'loss',
  isDark: false,
  description: 'The loss over steps.',
};
const seriesOf = (changes: Partial<LineChartInput> = {}) =>
  (lineOption({ ...input, ...changes }).series as Series[])[0];

describe('a chart of lines', () => {
  it('draws every point and leaves a gap where a value is no number', () => {
    expect(seriesOf()?.data).toEqual([
      [1, 2],
      [2, null],
      [3, 0],
    ]);
  });

  it('leaves out what a logarithmic scale cannot show', () => {
    expect(seriesOf({ logarithmic: true })?.data.at(-1)).toEqual([3, null]);
    expect(lineOption({ ...input, logarithmic: true }).yAxis).toMatchObject({ type: 'log' });
  });

  it('tells lines apart by more than colour', () => {
    expect(seriesOf()).toMatchObject({ symbol: 'rect', lineStyle: { type: [6, 3] } });
  });

  it.each([true, false])('draws a sum wide and solid, behind its parts (dark: %s)', (isDark) => {
    const [part] = input.lines;
    const lines = [...input.lines, { name: 'total', points: part?.points ?? [], style: SUM_STYLE }];
    const series = lineOption({ ...input, lines, isDark }).series as (Series & {
      color: string;
      z: number;
      lineStyle: { width: number };
    })[];
    const [ofPart, sum] = series;
    expect(sum?.lineStyle.type).toBe('solid');
    expect(sum?.lineStyle.width).toBeGreaterThan(ofPart?.lineStyle.width ?? 0);
    expect(sum?.z).toBeLessThan(ofPart?.z ?? 0);
    expect(sum?.color).not.toBe(ofPart?.color);
  });

  it('has words for a screen reader and names on both axes', () => {
    const option = lineOption(input);
    expect(option.aria).toMatchObject({ label: { description: 'The loss over steps.' } });
    expect(option.xAxis).toMatchObject({ name: 'step' });
    expect(option.yAxis).toMatchObject({ name: 'loss' });
  });
});
