import * as tf from '@tensorflow/tfjs-core';
import { customOp, detach } from '../custom-op.ts';

/** Added to a masked score: its softmax weight is exactly 0 in float32. */
const MASKED = -1e9;
/** Keeps logarithms and divisions finite. */
const TINY = 1e-8;

/** ||a - b||_2 of each row [B, M] -> [B] (eq. 9), with gradient 0 where the maps are equal. */
export function mapDistance(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor1D {
  const difference = tf.sub(a, b);
  return customOp(
    [difference],
    () => {
      const length = tf.sqrt(tf.sum(tf.square(difference), 1));
      return { value: length, saved: [difference, length] };
    },
    (dy, [d, length]) => [
      tf.mul(d as tf.Tensor, tf.expandDims(tf.divNoNan(dy, length as tf.Tensor), 1)),
    ],
  ) as tf.Tensor1D;
}

/**
 * KL(clean || adversarial) of signed token maps, one a row (eq. 10). The paper leaves open how a
 * signed map becomes a distribution (A17). `softmax`: softmax(A / tau) with tau the clean map's
 * standard deviation, at least a hundredth of its mean magnitude, a constant to the gradient, so
 * that the term is free of the map's scale. `magnitude`: |A| / sum |A|.
 *
 * @param mask 1 at a text's own positions, 0 elsewhere [B, N]
 * @returns [B]
 */
export function tokenKl(
  clean: tf.Tensor2D,
  adversarial: tf.Tensor2D,
  mask: tf.Tensor2D,
  form: 'softmax' | 'magnitude',
): tf.Tensor1D {
  const logShares = form === 'softmax' ? softmaxShares(clean, mask) : magnitudeShares(mask);
  const [p, q] = [logShares(clean), logShares(adversarial)];
  return tf.sum(tf.mul(tf.mul(tf.exp(p), tf.sub(p, q)), mask), 1);
}

function softmaxShares(clean: tf.Tensor2D, mask: tf.Tensor2D): (map: tf.Tensor2D) => tf.Tensor {
  const map = detach(clean);
  const count = tf.sum(mask, 1, true);
  const mean = tf.div(tf.sum(tf.mul(map, mask), 1, true), count);
  const variance = tf.div(tf.sum(tf.mul(tf.square(tf.sub(map, mean)), mask), 1, true), count);
  const magnitude = tf.div(tf.sum(tf.mul(tf.abs(map), mask), 1, true), count);
  const tau = tf.add(tf.maximum(tf.sqrt(variance), tf.mul(magnitude, 1e-2)), TINY);
  const hidden = tf.mul(tf.sub(1, mask), MASKED);
  return (any) => tf.logSoftmax(tf.add(tf.div(any, tau), hidden));
}

function magnitudeShares(mask: tf.Tensor2D): (map: tf.Tensor2D) => tf.Tensor {
  return (map) => {
    const sizes = tf.add(tf.abs(map), TINY);
    return tf.sub(tf.log(sizes), tf.log(tf.sum(tf.mul(sizes, mask), 1, true)));
  };
}
