import { describe, expect, it } from 'vitest';
import { upsample } from '../../src/shared/upsample.ts';

describe('upsample', () => {
  it('goes linearly between the middles of cells and is flat outside them', () => {
    // Cells of 4 pixels: middles at 1.5 and 5.5.
    const field = upsample([0, 4, 0, 4], [2, 2], 8);
    const row = [...field.slice(0, 8)];
    expect(row).toEqual([0, 0, 0.5, 1.5, 2.5, 3.5, 4, 4]);
    expect([...field.slice(56)]).toEqual(row);
  });

  it('leaves a map of the same size as it is', () => {
    expect([...upsample([1, 2, 3, 4], [2, 2], 2)]).toEqual([1, 2, 3, 4]);
  });

  it('keeps rows and columns apart', () => {
    const field = upsample([0, 0, 8, 8], [2, 2], 4);
    expect([field[0], field[3], field[12], field[15]]).toEqual([0, 0, 8, 8]);
  });
});
