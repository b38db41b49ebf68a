import { describe, expect, it } from 'vitest';
import {
  byName,
  lastMean,
  lastMedian,
  type Metric,
  mergeMetrics,
  withPrefix,
} from '../../../src/renderer/charts/series.ts';

const metric = (name: string, step: number, value: number): Metric => ({
  name,
  step,
  epoch: 0,
  value,
});

describe('metrics of a run', () => {
  it('come by name, and a prefix finds the terms', () => {
    const series = byName([metric('loss', 1, 3), metric('terms.adv', 1, 2), metric('loss', 2, 1)]);
    expect(series.get('loss')?.map(({ value }) => value)).toEqual([3, 1]);
    expect([...withPrefix(series, 'terms.').keys()]).toEqual(['adv']);
  });

  it('a step that is sent again after a resume replaces what was there', () => {
    const kept = [metric('loss', 1, 5), metric('loss', 2, 4), metric('loss', 3, 3)];
    const merged = mergeMetrics(kept, [metric('loss', 2, 8)]);
    expect(merged.map(({ step, value }) => [step, value])).toEqual([
      [1, 5],
      [2, 8],
    ]);
  });

  it('one slow step moves the mean and leaves the median', () => {
    const points = [1, 1, 1, 1, 100].map((value, step) => metric('seconds', step, value));
    expect(lastMedian(points, 5)).toBe(1);
    expect(lastMean(points, 5)).toBe(20.8);
    expect(lastMean([], 5)).toBeNull();
  });
});
