import { describe, expect, it } from 'vitest';
import { short } from '../../../src/main/export/report/html.ts';
import { lineChartSvg } from '../../../src/main/export/report/loss-chart.ts';
import { meanOfStretches } from '../../../src/main/export/report/smooth.ts';
import { colorOf } from '../../../src/shared/charts/run-style.ts';

describe('lineChartSvg', () => {
  it('draws a line of its own for each series, without a browser', () => {
    const points: [number, number][] = [
      [1, 3],
      [2, 1],
      [3, 2],
    ];
    const one = lineChartSvg({ series: [{ name: 'a', points }], xName: 'x', yName: 'y' });
    expect(one).toMatch(/^<svg /);
    expect(one).toContain(colorOf(0, false));
    expect(one).not.toContain(colorOf(1, false));
    expect(one).not.toContain('<style');
    const series = [
      { name: 'a', points },
      { name: 'b', points },
    ];
    expect(lineChartSvg({ series, xName: 'x', yName: 'y' })).toContain(colorOf(1, false));
  });
});

describe('meanOfStretches', () => {
  it('keeps the mean of all points', () => {
    const points = Array.from({ length: 10 }, (_, i): [number, number] => [i, i % 2]);
    expect(meanOfStretches(points, 5)).toEqual([
      [0.5, 0.5],
      [2.5, 0.5],
      [4.5, 0.5],
      [6.5, 0.5],
      [8.5, 0.5],
    ]);
    expect(meanOfStretches(points, 20)).toEqual(points);
  });
});

describe('short', () => {
  it.each([
    [0, '0'],
    [0.12345, '0.123'],
    [-1234.5, '-1230'],
    [0.00012345, '1.2e-4'],
    [123456, '1.2e+5'],
  ])('%f is %s', (value, text) => expect(short(value)).toBe(text));
});
