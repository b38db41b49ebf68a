import * as tf from '@tensorflow/tfjs-core';

/** sum(f(x) * c) with a cotangent c that differs at every output. */
export function weightedSum(y: tf.Tensor): tf.Scalar {
  const cotangent = tf.reshape(tf.linspace(-1, 1.5, y.size), y.shape);
  return tf.sum(tf.mul(y, cotangent)) as tf.Scalar;
}

/** (f(x + h e_i) - f(x - h e_i)) / 2h of `weightedSum(f(x))` for every element of x. */
export function centralDifferences(
  f: (x: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  step = 1e-2,
): Float32Array {
  const values = x.dataSync() as Float32Array;
  const at = (index: number, shift: number) =>
    tf.tidy(() => {
      const moved = values.slice();
      moved[index] = (moved[index] as number) + shift;
      return weightedSum(f(tf.tensor(moved, x.shape))).dataSync()[0] as number;
    });
  return values.map((_, i) => (at(i, step) - at(i, -step)) / (2 * step));
}

/** Largest distance of the tape's gradient from central differences, over the largest slope. */
export function gradientError(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, step = 1e-2): number {
  const expected = centralDifferences(f, x, step);
  const actual = tf.tidy(() =>
    tf
      .grad((input) => weightedSum(f(input)))(x)
      .dataSync(),
  );
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((slope, i) => Math.abs(slope - (actual[i] as number)))) / size;
}
