import { describe, expect, it } from 'vitest';
import { argmax, crossEntropyOf, marginsOf } from '../../../src/main/explain/logit-numbers.ts';

describe('numbers of logits', () => {
  it('takes the first of equals', () => {
    expect(argmax([1, 3, 3])).toBe(1);
    expect(argmax([-2])).toBe(0);
  });

  it("a class's margin is its logit minus the best other", () => {
    expect(marginsOf([3, 1, 2])).toEqual([1, -2, -1]);
    expect(marginsOf([2, 2])).toEqual([0, 0]);
    expect(marginsOf([7])).toEqual([7]);
  });

  it('cross-entropy stays finite where a plain sum would not', () => {
    expect(crossEntropyOf([1, 1], 0)).toBeCloseTo(Math.log(2), 12);
    expect(crossEntropyOf([1000, -1000], 1)).toBe(2000);
    expect(crossEntropyOf([1000, -1000], 0)).toBe(0);
  });
});
