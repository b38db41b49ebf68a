import { expect, it } from 'vitest';
import { beforeOf } from '../../../src/renderer/queue/order.ts';

it('names the job to stand before when one moves a place up or down', () => {
  expect(beforeOf([1, 2, 3], 2, -1)).toBe(1);
  expect(beforeOf([1, 2, 3], 1, 1)).toBe(3);
  expect(beforeOf([1, 2, 3], 2, 1)).toBeNull();
  expect(beforeOf([1, 2, 3], 1, -1)).toBe(2);
});
