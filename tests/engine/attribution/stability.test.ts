import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mapDistance, tokenKl } from '../../../src/engine/attribution/stability.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { gradientError } from '../support/central-differences.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

const row = (...values: number[]) => tf.tensor2d(values, [1, values.length]);
const number = (x: tf.Tensor) => x.dataSync()[0] as number;

describe('mapDistance', () => {
  test('is the length of the difference, not its square, one number a row', () => {
    tf.tidy(() => {
      // (3, -4) has length 5; (0, 0) has 0.
      const a = tf.tensor2d([4, -4, 1, 2], [2, 2]);
      const b = tf.tensor2d([1, 0, 1, 2], [2, 2]);
      expect([...mapDistance(a, b).dataSync()]).toEqual([5, 0]);
    });
  });

  test('its gradient is the unit difference, and 0 (not NaN) where the maps are equal', () => {
    tf.tidy(() => {
      const b = tf.tensor2d([1, 0, 1, 2], [2, 2]);
      const a = tf.tensor2d([4, -4, 1, 2], [2, 2]);
      const slope = tf.grad((x) => tf.sum(mapDistance(x as tf.Tensor2D, b)))(a);
      const values = [...slope.dataSync()];
      for (const [i, v] of [0.6, -0.8, 0, 0].entries()) expect(values[i]).toBeCloseTo(v, 6);
      const other = tf.grad((x) => tf.sum(mapDistance(a, x as tf.Tensor2D)))(b);
      expect(other.dataSync()[0]).toBeCloseTo(-0.6, 6);
    });
  });
});

describe('tokenKl by hand', () => {
  test('softmax: the temperature is the standard deviation of the clean map', () => {
    tf.tidy(() => {
      // clean (0, 2): mean 1, deviation 1 (ddof 0), so tau = 1 and p = softmax(0, 2)
      //   = (0.1192029, 0.8807971). adversarial (1, 1): q = (1/2, 1/2).
      // KL = 0.1192029 ln(0.2384058) + 0.8807971 ln(1.7615942) = -0.1709110 + 0.4987242 = 0.3278132
      const kl = tokenKl(row(0, 2), row(1, 1), row(1, 1), 'softmax');
      expect(number(kl)).toBeCloseTo(0.327813, 5);
    });
  });

  test('softmax: a map ten thousand times smaller gives the same number', () => {
    tf.tidy(() => {
      const scaled = (s: number) =>
        number(tokenKl(row(0, 2 * s, s), row(s, s, 0), row(1, 1, 1), 'softmax'));
      expect(scaled(1e-3)).toBeCloseTo(scaled(1), 2);
    });
  });

  test('softmax: a flat clean map has the floor |A| / 100 as temperature and stays finite', () => {
    tf.tidy(() => {
      // clean (1, 1): deviation 0, tau = 0.01 (+ 1e-8). adversarial (1, 1.01): q = softmax(0, 1)
      // up to the 1e-8; KL = 1/2 ln(1/2 / 0.2689414) + 1/2 ln(1/2 / 0.7310586) = 0.1201145.
      const kl = tokenKl(row(1, 1), row(1, 1.01), row(1, 1), 'softmax');
      expect(number(kl)).toBeCloseTo(0.12011, 3);
      const zero = tokenKl(row(0, 0), row(0, 0), row(1, 1), 'softmax');
      expect(number(zero)).toBe(0);
      const slope = tf.grad((x) =>
        tf.sum(tokenKl(x as tf.Tensor2D, row(0, 0), row(1, 1), 'softmax')),
      );
      expect([...slope(row(0, 0)).dataSync()].every(Number.isFinite)).toBe(true);
    });
  });

  test('magnitude: shares of the absolute values', () => {
    tf.tidy(() => {
      // |(-1, 3)| = (1/4, 3/4), |(2, -2)| = (1/2, 1/2):
      // KL = 1/4 ln(1/2) + 3/4 ln(3/2) = -0.1732868 + 0.3040988 = 0.1308120.
      const kl = tokenKl(row(-1, 3), row(2, -2), row(1, 1), 'magnitude');
      expect(number(kl)).toBeCloseTo(0.130812, 5);
      const zero = tokenKl(row(0, 0), row(0, 0), row(1, 1), 'magnitude');
      expect(number(zero)).toBeCloseTo(0, 6);
    });
  });

  test('it is KL(clean || adversarial), not the other way round', () => {
    tf.tidy(() => {
      // The other direction: 1/2 ln(2) + 1/2 ln(2/3) = 0.1438410.
      const kl = number(tokenKl(row(2, 2), row(1, 3), row(1, 1), 'magnitude'));
      expect(kl).toBeCloseTo(0.143841, 5);
    });
  });
});

describe.each(['softmax', 'magnitude'] as const)('tokenKl, %s', (form) => {
  test('positions that are masked do not matter', () => {
    tf.tidy(() => {
      const short = tokenKl(row(0.5, -1, 2), row(0.4, 0.1, 1), row(1, 1, 1), form);
      const [clean, adversarial] = [row(0.5, -1, 2, 77, -5), row(0.4, 0.1, 1, -40, 9)];
      const masked = tokenKl(clean, adversarial, row(1, 1, 1, 0, 0), form);
      expect(number(masked)).toBeCloseTo(number(short), 5);
      const slope = tf.grads((a, b) =>
        tf.sum(tokenKl(a as tf.Tensor2D, b as tf.Tensor2D, row(1, 1, 1, 0, 0), form)),
      )([clean, adversarial]);
      for (const s of slope) expect([...s.dataSync()].slice(3).map(Math.abs)).toEqual([0, 0]);
    });
  });

  test('equal maps are at distance 0, different ones further away', () => {
    tf.tidy(() => {
      const map = row(0.5, -1, 2);
      expect(Math.abs(number(tokenKl(map, map, row(1, 1, 1), form)))).toBeLessThan(1e-6);
      expect(number(tokenKl(map, row(2, -1, 0.4), row(1, 1, 1), form))).toBeGreaterThan(0.1);
    });
  });

  test('its slope by the adversarial map is that of central differences', () => {
    tf.tidy(() => {
      const f = (x: tf.Tensor) => tokenKl(row(0.5, -1, 2), x as tf.Tensor2D, row(1, 1, 1), form);
      expect(gradientError(f, row(0.4, -0.7, 1.1))).toBeLessThan(5e-3);
    });
  });
});

test('the temperature is a constant to the gradient', () => {
  tf.tidy(() => {
    // With tau detached at 1 (deviation of (0, 2)), the slope of KL by the clean map is
    // dKL/da = J_softmax^T (ln p - ln q) = p o (ln(p/q) - KL). For p = (0.1192029, 0.8807971),
    // q = (1/2, 1/2), KL = 0.3278132: 0.1192029 (ln 0.2384058 - 0.3278132) = -0.2099872.
    const f = (x: tf.Tensor) => tf.sum(tokenKl(x as tf.Tensor2D, row(1, 1), row(1, 1), 'softmax'));
    const slope = [...tf.grad(f)(row(0, 2)).dataSync()];
    expect(slope[0]).toBeCloseTo(-0.209987, 4);
    expect(slope[1]).toBeCloseTo(0.209987, 4);
  });
});
