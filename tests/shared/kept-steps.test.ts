import { expect, it } from 'vitest';
import { stepsKept } from '../../src/shared/kept-steps.ts';

it('keeps every step that fits, else an even part of them with both ends', () => {
  expect(stepsKept(4, 10, 50)).toEqual([0, 1, 2, 3, 4]);
  expect(stepsKept(4, 10, 49)).toEqual([0, 2, 4]);
  expect(stepsKept(5, 10, 40)).toEqual([0, 2, 4, 5]);
  expect(stepsKept(100, 10, 20)).toEqual([0, 100]);
  expect(stepsKept(100, 10, 19)).toEqual([]);
  expect(stepsKept(0, 10, 100)).toEqual([0]);
  for (const steps of [1, 7, 20, 100, 1000]) {
    for (const room of [2, 3, 10, 64, 100]) {
      const kept = stepsKept(steps, 1, room);
      expect(kept.length).toBeLessThanOrEqual(room);
      expect(new Set(kept).size).toBe(kept.length);
      expect([kept[0], kept.at(-1)]).toEqual([0, steps]);
    }
  }
});
