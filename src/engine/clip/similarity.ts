import * as tf from '@tensorflow/tfjs-core';

/** Rows of x [B, E] at length 1. */
export function unit(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), -1, true)));
}

/** cos of x and y along the last axis, one number a row. */
export function cosine(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const dot = tf.sum(tf.mul(x, y), -1);
  const lengths = tf.mul(tf.sum(tf.square(x), -1), tf.sum(tf.square(y), -1));
  return tf.mul(dot, tf.rsqrt(lengths));
}

/** Logits [B, K] = scale * cos(image, text) of features [B, E] and [K, E] (methods 1.1). */
export function logitsOf(images: tf.Tensor2D, texts: tf.Tensor2D, scale: number): tf.Tensor2D {
  return tf.mul(tf.matMul(unit(images), unit(texts), false, true), scale);
}
