import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { descending, spearman, topOverlap } from '../../../src/engine/attribution/map-numbers.ts';
import { tokenKl } from '../../../src/engine/attribution/stability.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

describe('rank correlation', () => {
  test('of the same and of the opposite order', () => {
    expect(spearman([1, 5, 2], [10, 30, 11])).toBeCloseTo(1, 12);
    expect(spearman([1, 5, 2], [-1, -5, -2])).toBeCloseTo(-1, 12);
  });

  test('by hand: ranks 0 1 2 3 against 1 0 3 2', () => {
    // 1 - 6 sum d^2 / (n (n^2 - 1)) = 1 - 6 * 4 / 60 = 0.6
    expect(spearman([1, 2, 3, 4], [2, 1, 4, 3])).toBeCloseTo(0.6, 12);
  });

  test('ties share their mean rank, as in SciPy', () => {
    // scipy.stats.spearmanr 1.17.1
    expect(spearman([1, 2, 2, 3, 5], [2, 2, 1, 4, 4])).toBeCloseTo(0.7299963950884315, 12);
    expect(spearman([0, 0, 1, -1, 0.5, 0.5], [0.1, -2, 3, 3, 0, 0])).toBeCloseTo(0, 12);
    const [a, b] = [
      [3, 1, 1, 1, 2, 2, 0, -4, -4, 7],
      [0, 0, 5, 2, 2, 2, 9, -1, -3, 4],
    ] as const;
    expect(spearman(a, b)).toBeCloseTo(0.32602041067408744, 12);
  });

  test('a constant map has no order', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1, 2, 3], [0, 0, 0])).toBeNull();
    expect(spearman([1], [2])).toBeNull();
  });
});

describe('overlap of the largest tenth', () => {
  const map = Array.from({ length: 20 }, (_, i) => i);
  test('two of twenty positions', () => {
    expect(topOverlap(map, map)).toBe(1);
    // {19, 18} and {19, 0}: one in common of three.
    const other = map.map((value, i) => (i === 0 ? 18.5 : i === 18 ? -1 : value));
    expect(topOverlap(map, other)).toBeCloseTo(1 / 3, 12);
    expect(topOverlap(map, [...map].reverse())).toBe(0);
  });

  test('at least one position; negative maps have a largest too; ties go to the first', () => {
    expect(topOverlap([-3, -1, -2], [-9, -7, -8])).toBe(1);
    expect(topOverlap([0, 0, 0], [5, 0, 0])).toBe(1);
    expect(descending([1, 3, 3, 2])).toEqual([1, 2, 3, 0]);
  });
});

test.each([
  ['a map of zeros', [0, 0, 0], [1, -2, 0.5], 1],
  ['a constant map', [0.2, 0.2, 0.2], [0.1, 0.3, 0.2], 0],
  ['negative maps', [-1, -2, -3], [-3, -2, -1], 0],
  ['equal maps', [1, 2, 3], [1, 2, 3], 1],
])('%s has defined numbers', (_, a, b, overlap) => {
  tf.tidy(() => {
    const row = (map: number[]) => tf.tensor2d(map, [1, 3]);
    const kl = tokenKl(row(a), row(b), tf.ones([1, 3]), 'softmax').dataSync()[0];
    expect(Number.isFinite(kl)).toBe(true);
    expect(kl).toBeGreaterThanOrEqual(0);
  });
  expect(topOverlap(a, b)).toBe(overlap);
  const rank = spearman(a, b);
  expect(rank === null || Math.abs(rank) <= 1).toBe(true);
});
