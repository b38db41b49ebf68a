import { describe, expect, it } from 'vitest';
import { formatAgo, formatDuration } from '../../../src/renderer/format/times.ts';

describe('durations', () => {
  it('the two largest parts that matter', () => {
    expect(formatDuration(0, 'en')).toBe('0 sec');
    expect(formatDuration(59.6, 'en')).toBe('1 min');
    expect(formatDuration(3900, 'en')).toBe('1 hr 5 min');
    expect(formatDuration(3601, 'en')).toBe('1 hr');
    expect(formatDuration(90_000, 'en')).toBe('1 day 1 hr');
  });

  it('a time below zero is none', () => {
    expect(formatDuration(-5, 'en')).toBe('0 sec');
  });
});

describe('how long ago', () => {
  const now = Date.UTC(2026, 0, 15, 12);

  it('counts in the unit that fits', () => {
    expect(formatAgo(now - 30_000, now, 'en')).toBe('30 seconds ago');
    expect(formatAgo(now - 180_000, now, 'en')).toBe('3 minutes ago');
    expect(formatAgo(now - 2 * 86_400_000, now, 'en')).toBe('2 days ago');
  });

  it('is a date from a week on', () => {
    expect(formatAgo(now - 8 * 86_400_000, now, 'en')).toContain('2026');
  });
});
