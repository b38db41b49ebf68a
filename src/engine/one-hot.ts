import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows [B, depth] with a 1 at each row's index. Unlike `tf.oneHot`, a depth of 1 is allowed: a
 * dataset may have a single class, and a class a single token of its own.
 */
export function oneHotRows(indices: number[], depth: number): tf.Tensor2D {
  const values = new Float32Array(indices.length * depth);
  for (const [row, index] of indices.entries()) {
    if (index < depth) values[row * depth + index] = 1;
  }
  return tf.tensor2d(values, [indices.length, depth]);
}
