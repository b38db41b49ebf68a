import { describe, expect, it } from 'vitest';
import { differenceHash } from '../../../src/main/datasets/perceptual-hash.ts';
import { resemblance } from '../../../src/main/datasets/resemblance.ts';

describe('differenceHash', () => {
  it('sets a bit where a value is clearly below its right neighbour', () => {
    // Row 0 rises all the way, row 1 falls, row 2 rises by noise, the others are flat.
    const grey = new Uint8Array(72).fill(50);
    for (let column = 0; column < 9; column += 1) {
      grey[column] = 10 * column;
      grey[9 + column] = 90 - 10 * column;
      grey[18 + column] = 50 + 4 * column;
    }
    expect(differenceHash(grey)).toBe('ff00000000000000');
  });

  it('says nothing of a flat picture', () => {
    expect(differenceHash(new Uint8Array(72).fill(200))).toBeNull();
  });
});

describe('resemblance', () => {
  it('is the correlation of two miniatures', () => {
    const a = Float64Array.of(1, -1, 2, -2);
    expect(resemblance(a, Float64Array.of(2, -2, 4, -4))).toBeCloseTo(1);
    expect(resemblance(a, Float64Array.of(-1, 1, -2, 2))).toBeCloseTo(-1);
    expect(resemblance(a, new Float64Array(4))).toBe(0);
  });
});
