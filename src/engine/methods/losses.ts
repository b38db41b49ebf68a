import * as tf from '@tensorflow/tfjs-core';

/** Cross-entropy of each row: logits [B, K], oneHot [B, K] -> [B]. */
export function crossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), 1));
}

/** KL(softmax(from) || softmax(to)) of each row, summed over classes: [B, K] twice -> [B]. */
export function klDivergence(from: tf.Tensor2D, to: tf.Tensor2D): tf.Tensor1D {
  const logFrom = tf.logSoftmax(from);
  return tf.sum(tf.mul(tf.exp(logFrom), tf.sub(logFrom, tf.logSoftmax(to))), 1);
}
