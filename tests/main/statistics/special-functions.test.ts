import { describe, expect, it } from 'vitest';
import { normalQuantile, studentQuantile } from '../../../src/main/statistics/quantiles.ts';
import {
  logChoose,
  logGamma,
  regularizedBeta,
  upperGamma,
} from '../../../src/main/statistics/special-functions.ts';
import { reference } from './reference.ts';

const relative = (ours: number, theirs: number): number =>
  Math.abs(ours - theirs) / Math.max(1e-6, Math.abs(theirs));

describe('special functions', () => {
  it.each(reference.logGamma)('ln Gamma(%d)', (x, value) => {
    expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-14 * Math.max(10, Math.abs(value)));
  });

  it('logChoose counts', () => {
    expect(Math.exp(logChoose(10, 3))).toBeCloseTo(120, 9);
  });

  it.each(reference.beta)('I_%d(%d, %d)', (x, a, b, value) => {
    expect(relative(regularizedBeta(x, a, b), value)).toBeLessThan(1e-10);
  });

  it.each(reference.upperGamma)('Q(%d, %d)', (a, x, value) => {
    expect(relative(upperGamma(a, x), value)).toBeLessThan(1e-10);
  });
});

describe('quantiles', () => {
  it.each(reference.quantiles.normal)('of the normal at %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(1e-9);
  });

  it.each(reference.quantiles.student)('of t at %d with %d degrees', (p, degrees, t) => {
    expect(relative(studentQuantile(p, degrees), t)).toBeLessThan(1e-9);
  });

  it('exist between 0 and 1 only', () => {
    expect(() => normalQuantile(1)).toThrow(RangeError);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
    expect(() => studentQuantile(0.9, 0)).toThrow(RangeError);
  });
});
