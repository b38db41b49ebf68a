import { describe, expect, it } from 'vitest';
import {
  coverOf,
  divergingColor,
  symmetricLimit,
  textColorOn,
} from '../../src/shared/color-scale.ts';

const luminance = ([r, g, b]: number[]) => 0.3 * (r ?? 0) + 0.59 * (g ?? 0) + 0.11 * (b ?? 0);

describe('divergingColor', () => {
  it('is blue below, orange above and lightest at 0', () => {
    const [low, zero, high] = [-1, 0, 1].map(divergingColor);
    expect(low?.[2]).toBeGreaterThan(low?.[0] ?? 255);
    expect(high?.[0]).toBeGreaterThan(high?.[2] ?? 255);
    expect(zero).toEqual([247, 247, 247]);
  });

  it('gets darker with magnitude on both sides, so that it reads in grey', () => {
    for (const sign of [-1, 1]) {
      const depths = [0, 0.25, 0.5, 0.75, 1].map((t) => luminance(divergingColor(sign * t)));
      expect(depths).toEqual(depths.toSorted((a, b) => b - a));
    }
  });

  it('clips what is past the limit', () => {
    expect(divergingColor(7)).toEqual(divergingColor(1));
    expect(divergingColor(-7)).toEqual(divergingColor(-1));
  });
});

describe('textColorOn', () => {
  it('is black on light and white on dark', () => {
    expect(textColorOn([247, 247, 247])).toBe('#000');
    expect(textColorOn([5, 48, 120])).toBe('#fff');
    expect(textColorOn([133, 55, 0])).toBe('#fff');
  });
});

describe('coverOf', () => {
  it('hides nothing at 0 and the whole of the opacity from the limit on', () => {
    expect([0, 0.25, -0.25, 1, 5].map((share) => coverOf(share, 0.8))).toEqual([
      0, 0.4, 0.4, 0.8, 0.8,
    ]);
  });
});

describe('symmetricLimit', () => {
  it('is the largest magnitude of all maps, and 1 for nothing but zeros', () => {
    expect(symmetricLimit([[1, -3], [2]])).toBe(3);
    expect(symmetricLimit([[0, 0]])).toBe(1);
    expect(symmetricLimit([[Number.NaN, -2]])).toBe(2);
  });
});
