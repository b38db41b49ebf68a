import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { Sgd } from '../../../src/engine/training/sgd.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

/** Values of parameter and buffer after each of the given gradients. */
function steps(start: number, gradients: number[], rates: number[], settings: [number, number]) {
  const p = tf.variable(tf.scalar(start));
  const sgd = new Sgd(new Map([['p', p]]), { momentum: settings[0], weightDecay: settings[1] });
  const seen = gradients.map((value, i) => {
    const gradient = tf.scalar(value);
    sgd.step(new Map([['p', gradient]]), rates[i] as number);
    gradient.dispose();
    return [p.dataSync()[0], sgd.buffers.get('p')?.dataSync()[0]] as [number, number];
  });
  sgd.dispose();
  p.dispose();
  return seen;
}

function expectSteps(actual: [number, number][], wanted: [number, number][]): void {
  for (const [i, [p, b]] of wanted.entries()) {
    expect(actual[i]?.[0], `parameter ${i}`).toBeCloseTo(p, 6);
    expect(actual[i]?.[1], `buffer ${i}`).toBeCloseTo(b, 6);
  }
}

describe('Sgd, three steps by hand', () => {
  test('momentum 0.5, decay 0.1', () => {
    // p = 1: b = 1 + 0.1 * 1 = 1.1;                     p = 1 - 0.1 * 1.1 = 0.89
    //        b = 0.5 * 1.1 + (2 + 0.089) = 2.639;        p = 0.89 - 0.1 * 2.639 = 0.6261
    //        b = 0.5 * 2.639 + (-1 + 0.06261) = 0.38211; p = 0.6261 - 0.2 * 0.38211 = 0.549678
    expectSteps(steps(1, [1, 2, -1], [0.1, 0.1, 0.2], [0.5, 0.1]), [
      [0.89, 1.1],
      [0.6261, 2.639],
      [0.549678, 0.38211],
    ]);
  });

  test('without momentum and decay it is plain descent', () => {
    expectSteps(steps(1, [1, 2, -1], [0.1, 0.1, 0.2], [0, 0]), [
      [0.9, 1],
      [0.7, 2],
      [0.9, -1],
    ]);
  });

  test('the rate scales the buffer when it is used, not when it is filled', () => {
    // b = 1, p = 1 - 0 = 1; b = 0.9 + 1 = 1.9, p = 1 - 0.1 * 1.9 = 0.81.
    expectSteps(steps(1, [1, 1], [0, 0.1], [0.9, 0]), [
      [1, 1],
      [0.81, 1.9],
    ]);
  });
});

test('steps leave no tensor behind, and dispose frees the buffers', () => {
  const p = tf.variable(tf.zeros([2, 3]));
  const before = tf.memory().numTensors;
  const sgd = new Sgd(new Map([['p', p]]), { momentum: 0.9, weightDecay: 5e-4 });
  expect(tf.memory().numTensors).toBe(before + 1);
  const gradient = tf.ones([2, 3]);
  for (let i = 0; i < 5; i += 1) sgd.step(new Map([['p', gradient]]), 0.1);
  expect(tf.memory().numTensors).toBe(before + 2);
  gradient.dispose();
  sgd.dispose();
  expect(tf.memory().numTensors).toBe(before);
  p.dispose();
});
