import { describe, expect, it } from 'vitest';
import { chartInputs } from '../../../src/renderer/live/chart-inputs.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

const config = defaultConfig({
  method: 'cba-fapt',
  dataset: 'd',
  model: 'm',
  shots: 1,
  seed: 1,
});
const metric = (name: string, value: number, step = 1) => ({ name, step, epoch: 1, value });
const same = (key: string) => key;

describe('the charts of a training', () => {
  it('draw the terms in the order of the loss, raw and times their weight', () => {
    const metrics = [metric('terms.adv', 2), metric('terms.taa', 4), metric('terms.nat', 1)];
    const [raw, weighted] = chartInputs(metrics, config, 'r', same);
    expect(raw?.input.lines.map(({ name }) => name)).toEqual([
      'live.terms.nat',
      'live.terms.adv',
      'live.terms.taa',
    ]);
    expect(weighted?.key).toBe('weighted');
    expect(weighted?.input.lines.map(({ points }) => points[0]?.[1])).toEqual([1, 10, 0.12]);
  });

  it('draw the total in a colour that no term has, whatever colour the run has', () => {
    const metrics = [metric('terms.nat', 1), metric('terms.taa', 4), metric('loss', 5)];
    const [, weighted] = chartInputs(metrics, config, 'r', same);
    const colors = weighted?.input.lines.map(({ style }) => style.color);
    expect(colors?.at(-1)).toBe('ink');
    expect(new Set(colors).size).toBe(3);
  });

  it('follow each pinned image under its own path', () => {
    const metrics = [metric('drift.image/cat/1.png', 0.5), metric('drift.image/dog/2.png', 0.7)];
    const [chart] = chartInputs(metrics, config, 'r', same);
    expect(chart?.key).toBe('imageDrift');
    expect(chart?.input.lines.map(({ name }) => name)).toEqual(['cat/1.png', 'dog/2.png']);
  });

  it('leave out what was not measured', () => {
    expect(chartInputs([], config, 'r', same)).toEqual([]);
  });
});
