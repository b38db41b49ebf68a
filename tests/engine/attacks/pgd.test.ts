import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type AttackedLoss, pgd } from '../../../src/engine/attacks/pgd.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

/** A linear loss sum(w x): its gradient is w everywhere, so every step adds stepSize sign(w). */
const linearLoss =
  (w: number[]): AttackedLoss =>
  (x) =>
    tf.sum(tf.mul(x, tf.tensor1d(w))) as tf.Scalar;

function run(
  pixels: number[],
  start: number[],
  settings: { epsilon: number; stepSize: number; steps: number },
  loss: AttackedLoss,
): number[] {
  return tf.tidy(() => [
    ...pgd(tf.tensor1d(pixels), tf.tensor1d(start), settings, loss).dataSync(),
  ]);
}

function expectClose(values: number[], wanted: number[]): void {
  expect(values).toHaveLength(wanted.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(wanted[i] as number, 6);
}

describe('on a linear loss the perturbation has a closed form', () => {
  test('start + steps * stepSize * sign(w), while nothing is clipped', () => {
    // 0.01 + 2 * 0.02 = 0.05; -0.02 - 0.04 = -0.06; sign(0) = 0 keeps 0.03.
    const settings = { epsilon: 0.1, stepSize: 0.02, steps: 2 };
    const delta = run([0.5, 0.5, 0.5], [0.01, -0.02, 0.03], settings, linearLoss([3, -1e-7, 0]));
    expectClose(delta, [0.05, -0.06, 0.03]);
  });

  test('ends in the corner eps * sign(w) of the ball', () => {
    const settings = { epsilon: 0.05, stepSize: 0.02, steps: 10 };
    expectClose(run([0.5, 0.5], [0, 0.05], settings, linearLoss([1, -2])), [0.05, -0.05]);
  });

  test('pixels stay in [0, 1]: a black one cannot get darker, a white one not brighter', () => {
    const settings = { epsilon: 0.05, stepSize: 0.05, steps: 3 };
    const delta = run([0, 1, 0.02, 0.98], [0, 0, 0, 0], settings, linearLoss([-1, 1, -1, 1]));
    expectClose(delta, [0, 0, -0.02, 0.02]);
  });

  test('the start is clipped to [0, 1] first', () => {
    const settings = { epsilon: 0.05, stepSize: 0.01, steps: 0 };
    expectClose(
      run([0, 1, 0.99], [-0.04, 0.05, 0.03], settings, linearLoss([1, 1, 1])),
      [0, 0, 0.01],
    );
  });

  test('each step starts from the last iterate, not from the clean pixels', () => {
    // One step of 0.03 from 0.04 is cut at 0.05; without accumulation it would be 0.03.
    const settings = { epsilon: 0.05, stepSize: 0.03, steps: 1 };
    expectClose(run([0.5], [0.04], settings, linearLoss([1])), [0.05]);
  });
});

test('the last iterate is returned, not the best one', () => {
  // Loss -(x - 0.5)^2 has its maximum at x = 0.5. From x = 0.51 steps of 0.02 jump over it:
  // 0.51 -> 0.49 -> 0.51 -> 0.49. An attack that kept the best iterate could not tell, so start
  // at 0.503: 0.503 (the best) -> 0.483 -> 0.503 -> 0.483 after 3 steps.
  const peak: AttackedLoss = (x) => tf.neg(tf.sum(tf.square(tf.sub(x, 0.5)))) as tf.Scalar;
  const settings = { epsilon: 0.1, stepSize: 0.02, steps: 3 };
  expectClose(run([0.45], [0.053], settings, peak), [0.033]);
});

test('the loss sees the perturbed pixels and the number of the iterate', () => {
  const seen: [number, number][] = [];
  const loss: AttackedLoss = (x, step) => {
    seen.push([step, x.dataSync()[0] as number]);
    return tf.sum(x) as tf.Scalar;
  };
  run([0.5], [0.01], { epsilon: 0.1, stepSize: 0.02, steps: 3 }, loss);
  expect(seen.map(([step]) => step)).toEqual([0, 1, 2]);
  expectClose(
    seen.map(([, x]) => x),
    [0.51, 0.53, 0.55],
  );
});

test('epsilon 0 leaves every pixel as it is, bit for bit', () => {
  const settings = { epsilon: 0, stepSize: 0.1, steps: 5 };
  const pixels = [0, 0.1, 1 / 255, 1];
  const delta = run(pixels, [0, 0, 0, 0], settings, linearLoss([1, -1, 2, -2]));
  expect(delta.every((d) => d === 0)).toBe(true);
  const float = (v: number) => Math.fround(v);
  expect(pixels.map((p, i) => float(float(p) + (delta[i] as number)))).toEqual(pixels.map(float));
});

describe('memory', () => {
  const settings = { epsilon: 0.1, stepSize: 0.02, steps: 5 };
  const start = () => [tf.tensor1d([0.5, 0.2]), tf.tensor1d([0.01, 0])] as const;

  test('a finished attack leaves the perturbation alone', () => {
    const [pixels, delta] = start();
    const loss: AttackedLoss = (x) => tf.sum(x) as tf.Scalar;
    const before = tf.memory().numTensors;
    const result = pgd(pixels, delta, settings, loss);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([result, pixels, delta]);
  });
});
