import { describe, expect, it } from 'vitest';
import {
  type IntervalChartInput,
  intervalHeight,
  intervalOption,
} from '../../../src/renderer/charts/interval-option.ts';

const input: IntervalChartInput = {
  rows: [
    { name: 'A', value: 0.5, interval: [0.4, 0.6], style: { color: 0, symbol: 'circle' } },
    { name: 'B', value: 0.7, interval: null, style: { color: 1, symbol: 'rect' } },
  ],
  xName: 'accuracy',
  format: String,
  isDark: false,
  description: 'Two accuracies.',
};
type Drawn = { data: unknown[]; renderItem: (hit: object, api: object) => unknown };
const seriesOf = (changes: Partial<IntervalChartInput> = {}) =>
  intervalOption({ ...input, ...changes }).series as [Drawn, Drawn & { markLine?: unknown }];

describe('a chart of intervals', () => {
  it('draws a point a row, and an interval where there is one', () => {
    const [whiskers, points] = seriesOf();
    expect(points.data).toMatchObject([{ value: [0.5, 0] }, { value: [0.7, 1] }]);
    const api = { coord: ([x, y]: number[]) => [x, y], value: (i: number) => [0.4, 0.6, 0][i] };
    expect(whiskers.renderItem({ dataIndex: 0 }, api)).toMatchObject({ type: 'group' });
    expect(whiskers.renderItem({ dataIndex: 1 }, api)).toBeNull();
  });

  it('has the line of no difference only where it is asked for', () => {
    expect(seriesOf()[1].markLine).toBeUndefined();
    expect(seriesOf({ zero: true })[1].markLine).toBeDefined();
    expect(intervalOption({ ...input, zero: true }).xAxis).toMatchObject({ scale: false });
  });

  it('grows with its rows, and is told to a screen reader', () => {
    expect(intervalHeight(4)).toBeGreaterThan(intervalHeight(2));
    expect(intervalOption(input).aria).toMatchObject({ enabled: true });
  });
});
