import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatShare,
} from '../../../src/renderer/format/numbers.ts';

describe('numbers for people', () => {
  it('fractions are percents with one decimal, never rounded to a whole one', () => {
    expect(formatPercent(0.65, 'en')).toBe('65.0 %');
    expect(formatPercent(1 / 3, 'en')).toBe('33.3 %');
    expect(formatPercent(0.5, 'en', 0)).toBe('50 %');
  });

  it('shares under a hundredth of a percent are said to be so, not zero', () => {
    expect(formatShare(0.00004, 'en')).toBe('< 0.01 %');
    expect(formatShare(0, 'en')).toBe('0.00 %');
    expect(formatShare(0.0012, 'en')).toBe('0.12 %');
    expect(formatShare(0.42, 'en')).toBe('42.0 %');
  });

  it('four digits, powers of ten for the very small and large, names for what is no number', () => {
    expect(formatNumber(1.23456)).toBe('1.235');
    expect(formatNumber(0)).toBe('0');
    expect(formatNumber(0.00012345)).toBe('1.23e-4');
    expect(formatNumber(-2_500_000)).toBe('-2.50e+6');
    expect(formatNumber(Number.NaN)).toBe('NaN');
    expect(formatNumber(Number.POSITIVE_INFINITY)).toBe('Infinity');
  });

  it('counts are grouped, bytes are in powers of 1000', () => {
    expect(formatCount(12_345, 'en')).toBe('12,345');
    expect(formatBytes(999, 'en')).toBe('999 byte');
    expect(formatBytes(605_000_000, 'en')).toBe('605 MB');
    expect(formatBytes(1_200_000_000, 'en')).toBe('1.2 GB');
  });
});
