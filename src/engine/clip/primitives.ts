import * as tf from '@tensorflow/tfjs-core';
import { customOp } from '../custom-op.ts';

/**
 * The pieces that the towers are made of, each with its backward pass written out. They save only
 * what that pass needs and never compute a gradient for a frozen weight. `withPlainForms` swaps in
 * ordinary differentiable operations, the yardstick the tests hold them to.
 */

/** y = x W + b. Weight [in, out]; trainable only while a CLIP itself is being trained. */
export type Linear = { weight: tf.Tensor2D; bias: tf.Tensor1D | null; trainable?: boolean };

let plain = false;

/** Whether the plain forms are in use. */
export function isPlain(): boolean {
  return plain;
}

/** Test-only: run `body` on ordinary operations instead of the fused pieces. */
export function withPlainForms<T>(body: () => T): T {
  plain = true;
  try {
    return body();
  } finally {
    plain = false;
  }
}

const LAYER_NORM_EPSILON = 1e-5;
const QUICK_GELU_SLOPE = 1.702;

/** x [..., D] as rows [N, D]. */
export function asRows(x: tf.Tensor): tf.Tensor2D {
  if (x.rank === 2) return x as tf.Tensor2D;
  const width = x.shape.at(-1) as number;
  return tf.reshape(x, [x.size / width, width]);
}

/** Rows [N, D] in the shape [..., D] of `like`, whose last axis may differ. */
function inShapeOf(rows: tf.Tensor2D, like: tf.Tensor): tf.Tensor {
  if (like.rank === 2) return rows;
  return tf.reshape(rows, [...like.shape.slice(0, -1), rows.shape[1]]);
}

/** dy [..., out] back through a linear: [..., in]. */
export function linearVjp(dy: tf.Tensor, { weight }: Linear): tf.Tensor {
  return inShapeOf(tf.matMul(asRows(dy), weight, false, true), dy);
}

/** x W + b of rows x [N, in], as ordinary operations. */
export function applyLinear(x: tf.Tensor2D, { weight, bias }: Linear): tf.Tensor2D {
  const product = tf.matMul(x, weight) as tf.Tensor2D;
  return bias ? tf.add(product, bias) : product;
}

/** x [..., in] -> [..., out]. */
export function linear(x: tf.Tensor, { weight, bias, trainable }: Linear): tf.Tensor {
  const forward = () => inShapeOf(applyLinear(asRows(x), { weight, bias }), x);
  if (plain || trainable) return forward();
  return customOp(
    [x],
    () => ({ value: forward(), saved: [] }),
    (dy) => [linearVjp(dy, { weight, bias })],
  );
}

/** The normalised x and the 1 / sqrt(variance + 1e-5) its backward pass needs. */
export function normalizeWithInverse(x: tf.Tensor): { normed: tf.Tensor; inverse: tf.Tensor } {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  const inverse = tf.rsqrt(tf.add(variance, LAYER_NORM_EPSILON));
  return { normed: tf.mul(centred, inverse), inverse };
}

/** (x - mean) / sqrt(variance + 1e-5) over the last axis; scale and shift live in the next linear. */
export function normalizeLayer(x: tf.Tensor): tf.Tensor {
  if (plain) return normalizeWithInverse(x).normed;
  return customOp(
    [x],
    () => {
      const { normed, inverse } = normalizeWithInverse(x);
      return { value: normed, saved: [normed, inverse] };
    },
    (dy, [normed, inverse]) => [normalizeLayerVjp(dy, normed as tf.Tensor, inverse as tf.Tensor)],
  );
}

/** Pulls dy back through the normalisation, given its output and 1/sqrt(variance + eps). */
export function normalizeLayerVjp(dy: tf.Tensor, normed: tf.Tensor, inverse: tf.Tensor): tf.Tensor {
  const along = tf.mul(normed, tf.mean(tf.mul(dy, normed), -1, true));
  return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), inverse);
}

/** x sigmoid(1.702 x), CLIP's activation. */
export function quickGelu(x: tf.Tensor): tf.Tensor {
  const forward = () => tf.mul(x, tf.sigmoid(tf.mul(x, QUICK_GELU_SLOPE)));
  if (plain) return forward();
  return customOp(
    [x],
    () => ({ value: forward(), saved: [x] }),
    (dy, [input]) => [tf.mul(dy, quickGeluSlope(input as tf.Tensor))],
  );
}

/** d quickGelu / dx = s + 1.702 x s (1 - s), with s = sigmoid(1.702 x). */
export function quickGeluSlope(x: tf.Tensor): tf.Tensor {
  const scaled = tf.mul(x, QUICK_GELU_SLOPE);
  return slopeOf(scaled, tf.sigmoid(scaled));
}

function slopeOf(scaled: tf.Tensor, s: tf.Tensor): tf.Tensor {
  return tf.mul(s, tf.add(tf.mul(scaled, tf.sub(1, s)), 1));
}

/** Both at once, for one sigmoid; ordinary operations. */
export function quickGeluWithSlope(x: tf.Tensor): { value: tf.Tensor; slope: tf.Tensor } {
  const scaled = tf.mul(x, QUICK_GELU_SLOPE);
  const s = tf.sigmoid(scaled);
  return { value: tf.mul(x, s), slope: slopeOf(scaled, s) };
}
