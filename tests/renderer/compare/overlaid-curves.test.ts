import { describe, expect, it } from 'vitest';
import { overlaidCurves } from '../../../src/renderer/compare/overlaid-curves.ts';
import { runStyle } from '../../../src/shared/charts/run-style.ts';

const metric = (name: string, value: number) => ({ name, step: 1, epoch: 0, value });

describe('curves of two sides', () => {
  const charts = overlaidCurves([
    { name: 'A', style: runStyle('run1'), metrics: [metric('loss', 2), metric('terms.adv', 1)] },
    {
      name: 'B',
      style: runStyle('run2'),
      metrics: [metric('loss', 3), metric('learningRate', 0.1)],
    },
  ]);

  it('share a chart where both have them, each run in its own look', () => {
    expect(charts.map((chart) => chart.metric)).toEqual(['loss', 'terms.adv', 'learningRate']);
    expect(charts[0]?.input.lines).toEqual([
      { name: 'A', points: [[1, 2]], style: runStyle('run1') },
      { name: 'B', points: [[1, 3]], style: runStyle('run2') },
    ]);
    expect(charts[1]?.input.lines.map(({ name }) => name)).toEqual(['A']);
  });

  it('are none where nothing was trained', () => {
    expect(overlaidCurves([{ name: 'A', style: runStyle('run1'), metrics: [] }])).toEqual([]);
  });
});
