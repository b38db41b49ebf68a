import { describe, expect, it } from 'vitest';
import { formatP, formatPoints } from '../../../src/renderer/compare/statistics-text.ts';

describe('numbers of a comparison', () => {
  it('are points with their sign, and none at nought', () => {
    expect(formatPoints(0.0234, 'en')).toBe('+2.3');
    expect(formatPoints(-0.1, 'en')).toBe('-10.0');
    expect(formatPoints(0, 'en')).toBe('0.0');
  });

  it('are p values of two digits, and no more than an order below 0.0001', () => {
    expect(formatP(0.02134, 'en')).toBe('0.021');
    expect(formatP(1, 'en')).toBe('1');
    expect(formatP(3e-9, 'en')).toBe('< 0.0001');
  });
});
