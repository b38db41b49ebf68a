import { describe, expect, it } from 'vitest';
import { epochMeans } from '../../../src/renderer/charts/epoch-means.ts';

const at = (name: string, epoch: number, step: number, value: number) => ({
  ...{ name, epoch, step, value },
});

describe('epochMeans', () => {
  it('gives one point for each epoch of each metric, at its last step', () => {
    const metrics = [
      at('loss', 0, 1, 4),
      at('loss', 0, 2, 2),
      at('probe.robust', 0, 2, 0.5),
      at('loss', 1, 3, 1),
      at('loss', 1, 4, 2),
    ];
    expect(epochMeans(metrics)).toEqual([
      at('loss', 0, 2, 3),
      at('probe.robust', 0, 2, 0.5),
      at('loss', 1, 4, 1.5),
    ]);
  });

  it('hides no step that has no number, and needs none', () => {
    const [first] = epochMeans([at('loss', 0, 1, 4), at('loss', 0, 2, Number.NaN)]);
    expect(first?.value).toBeNaN();
    expect(epochMeans([])).toEqual([]);
  });
});
