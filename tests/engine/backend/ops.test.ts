import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';

/**
 * Every op that the engine differentiates, on both backends: its gradient against central
 * differences of its own forward pass, in float32, so to about 1 %.
 */
type OpCase = { name: string; at: () => tf.Tensor; f: (x: tf.Tensor) => tf.Tensor };

const smooth = [0.3, -0.7, 1.1, 0.4, -0.2, 0.9];
const matrix = () => tf.tensor2d(smooth, [2, 3]);
const weights = () => tf.tensor2d([0.5, -1, 2, 1.5, 0.25, -0.75], [3, 2]);
const square = () => tf.tensor2d([0.5, -1, 2, 1.5], [2, 2]);

const opCases: OpCase[] = [
  { name: 'matMul', at: matrix, f: (x) => tf.matMul(x, weights()) },
  { name: 'matMul, first transposed', at: matrix, f: (x) => tf.matMul(x, square(), true) },
  { name: 'matMul, second transposed', at: matrix, f: (x) => tf.matMul(x, x, false, true) },
  { name: 'matMul, both transposed', at: matrix, f: (x) => tf.matMul(x, weights(), true, true) },
  {
    name: 'matMul, batched and broadcast',
    at: () => tf.tensor3d([...smooth, ...smooth.map((v) => v / 2)], [2, 2, 3]),
    f: (x) => tf.matMul(x, tf.reshape(weights(), [1, 3, 2])),
  },
  { name: 'softmax', at: matrix, f: (x) => tf.softmax(x) },
  { name: 'logSoftmax', at: matrix, f: (x) => tf.logSoftmax(x) },
  { name: 'gather', at: matrix, f: (x) => tf.gather(x, tf.tensor1d([1, 0, 1], 'int32')) },
  {
    name: 'gather along axis 1',
    at: matrix,
    f: (x) => tf.gather(x, tf.tensor1d([2, 0], 'int32'), 1),
  },
  { name: 'concat', at: matrix, f: (x) => tf.concat([x, tf.mul(x, 2)], 1) },
  { name: 'slice', at: matrix, f: (x) => tf.slice(x, [0, 1], [2, 2]) },
  { name: 'sigmoid', at: matrix, f: (x) => tf.sigmoid(x) },
  { name: 'rsqrt', at: matrix, f: (x) => tf.rsqrt(tf.add(tf.square(x), 0.5)) },
  { name: 'mean', at: matrix, f: (x) => tf.mean(tf.square(x), -1, true) },
  { name: 'sum', at: matrix, f: (x) => tf.sum(tf.square(x), 0) },
  {
    name: 'where',
    at: matrix, // The condition must not hang on x: comparisons have no gradient in tfjs.
    f: (x) => tf.where(tf.greater(matrix(), 0.35), tf.square(x), x),
  },
  { name: 'clipByValue', at: matrix, f: (x) => tf.clipByValue(x, -0.5, 1) },
  { name: 'transpose', at: matrix, f: (x) => tf.mul(tf.transpose(x), weights()) },
  { name: 'tile', at: matrix, f: (x) => tf.tile(x, [2, 1]) },
  { name: 'norm', at: matrix, f: (x) => tf.norm(x, 2, -1) },
  { name: 'broadcast add', at: () => tf.tensor1d([0.2, -0.4, 0.6]), f: (x) => tf.add(matrix(), x) },
  { name: 'div', at: matrix, f: (x) => tf.div(x, tf.add(tf.square(x), 1)) },
  { name: 'exp and log', at: matrix, f: (x) => tf.log(tf.add(tf.exp(x), 1)) },
  { name: 'stack and unstack', at: matrix, f: (x) => tf.stack([...tf.unstack(x)].reverse()) },
];

/** A weighted sum, so that no output's cotangent equals another's. */
function scalarOf(f: (x: tf.Tensor) => tf.Tensor): (x: tf.Tensor) => tf.Scalar {
  return (x) => {
    const y = f(x);
    const cotangent = tf.reshape(tf.linspace(0.5, 1.5, y.size), y.shape);
    return tf.sum(tf.mul(y, cotangent)) as tf.Scalar;
  };
}

function centralDifferences(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): number[] {
  const step = 5e-3;
  const values = Array.from(x.dataSync());
  return values.map((_, i) => {
    const moved = (by: number) =>
      f(
        tf.tensor(
          values.map((v, j) => (j === i ? v + by : v)),
          x.shape,
        ),
      ).dataSync()[0] ?? 0;
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

describe.each(['tensorflow', 'wasm'] as const)('ops on %s', (backend) => {
  beforeAll(async () => {
    const info = await startBackend({ prefer: backend });
    expect(info.backend, info.reason ?? '').toBe(backend);
  });
  afterAll(() => tf.disposeVariables());

  it.each(opCases)('$name has the gradient of its forward pass', ({ at, f }) => {
    tf.engine().startScope();
    const x = at();
    const loss = scalarOf(f);
    const gradient = Array.from(tf.grad(loss)(x).dataSync());
    const expected = centralDifferences(loss, x);
    tf.engine().endScope();
    expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
    gradient.forEach((value, i) => {
      const target = expected[i] ?? Number.NaN;
      expect(Math.abs(value - target)).toBeLessThan(0.01 * Math.max(1, Math.abs(target)));
    });
  });

  it('differentiates a gradient once more', () => {
    const cubed = (x: tf.Tensor) => tf.sum(tf.mul(x, tf.square(x)));
    const second = tf.grad((x: tf.Tensor) => tf.sum(tf.grad(cubed)(x)));
    expect(Array.from(second(tf.tensor1d([1, 2])).dataSync())).toEqual([6, 12]);
  });

  it('uses the backward pass of customGrad', () => {
    const f = tf.customGrad((x, save) => {
      (save as (t: tf.Tensor[]) => void)([x as tf.Tensor]);
      return {
        value: tf.square(x as tf.Tensor),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
          tf.mul(dy, tf.mul(saved as tf.Tensor, 7)),
      };
    });
    expect(
      Array.from(
        tf
          .grad((x) => tf.sum(f(x)))(tf.tensor1d([1, 2]))
          .dataSync(),
      ),
    ).toEqual([7, 14]);
  });

  it('has sign with zero at zero, and one-hot rows', () => {
    expect(Array.from(tf.sign(tf.tensor1d([-2, 0, 3])).dataSync())).toEqual([-1, 0, 1]);
    const rows = tf.oneHot(tf.tensor1d([2, 0], 'int32'), 3);
    expect(Array.from(rows.dataSync())).toEqual([0, 0, 1, 1, 0, 0]);
  });
});
