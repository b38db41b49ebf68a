import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { crossEntropy, klDivergence } from '../../../src/engine/methods/losses.ts';
import { gradientError } from '../support/central-differences.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

const number = (x: tf.Tensor, i = 0) => x.dataSync()[i] as number;

describe('cross-entropy', () => {
  test('of each row, by hand', () => {
    tf.tidy(() => {
      // logits (0, ln 3): p = (1/4, 3/4); class 1: -ln(3/4) = 0.2876821; class 0: ln 4 = 1.3862944.
      const logits = tf.tensor2d([0, Math.log(3), 0, Math.log(3)], [2, 2]);
      const loss = crossEntropy(logits, tf.tensor2d([0, 1, 1, 0], [2, 2]));
      expect(number(loss, 0)).toBeCloseTo(0.2876821, 6);
      expect(number(loss, 1)).toBeCloseTo(1.3862944, 6);
    });
  });

  test('has the slope p - y and is finite for logits as large as CLIP makes them', () => {
    tf.tidy(() => {
      const y = tf.tensor2d([0, 1], [1, 2]);
      const slope = tf.grad((x) => tf.sum(crossEntropy(x as tf.Tensor2D, y)));
      const gentle = [...slope(tf.tensor2d([0, Math.log(3)], [1, 2])).dataSync()];
      expect(gentle[0]).toBeCloseTo(0.25, 6);
      expect(gentle[1]).toBeCloseTo(-0.25, 6);
      const steep = tf.tensor2d([100, -100], [1, 2]);
      expect(number(crossEntropy(steep, y))).toBeCloseTo(200, 3);
      expect([...slope(steep).dataSync()]).toEqual([1, -1]);
    });
  });
});

describe('KL divergence', () => {
  test('sums over classes, from the first to the second, by hand', () => {
    tf.tidy(() => {
      // p = (1/4, 3/4), q = (1/2, 1/2): 1/4 ln(1/2) + 3/4 ln(3/2) = 0.1308120;
      // the other way 1/2 ln 2 + 1/2 ln(2/3) = 0.1438410.
      const [p, q] = [tf.tensor2d([0, Math.log(3)], [1, 2]), tf.tensor2d([5, 5], [1, 2])];
      expect(number(klDivergence(p, q))).toBeCloseTo(0.130812, 5);
      expect(number(klDivergence(q, p))).toBeCloseTo(0.143841, 5);
      expect(number(klDivergence(p, p))).toBe(0);
    });
  });

  test('sends its slope into both sides', () => {
    tf.tidy(() => {
      const [p, q] = [tf.tensor2d([0.3, -0.4, 1], [1, 3]), tf.tensor2d([1, 0.2, -0.5], [1, 3])];
      const from = (x: tf.Tensor) => klDivergence(x as tf.Tensor2D, q);
      const to = (x: tf.Tensor) => klDivergence(p, x as tf.Tensor2D);
      expect(gradientError(from, p)).toBeLessThan(5e-3);
      expect(gradientError(to, q)).toBeLessThan(5e-3);
    });
  });
});
