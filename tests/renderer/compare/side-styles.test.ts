import { describe, expect, it } from 'vitest';
import { seedStyle, sideStyles } from '../../../src/renderer/compare/side-styles.ts';

describe('the look of two sides', () => {
  it('is never the same, even where both are one run', () => {
    const { a, b } = sideStyles('one', 'one');
    expect(a.color).not.toBe(b.color);
    expect(a.symbol).not.toBe(b.symbol);
  });

  it('keeps the colour of a side and changes the line with the seed', () => {
    const { a } = sideStyles('one', 'other');
    const [first, second] = [seedStyle(a, 0), seedStyle(a, 1)];
    expect(first).toEqual(a);
    expect(second.color).toBe(a.color);
    expect(second.dash).not.toBe(a.dash);
  });
});
