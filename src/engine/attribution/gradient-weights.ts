import * as tf from '@tensorflow/tfjs-core';
import type { Linear } from '../clip/primitives.ts';
import { linear, normalizeLayerVjp, quickGeluSlope } from '../clip/primitives.ts';
import { unit } from '../clip/similarity.ts';
import type { LastRow } from '../clip/tower-blocks.ts';
import type { BlockWeights } from '../clip/weights.ts';

/** A tower's end: its last block and its projection. */
export type TowerEnd = { block: BlockWeights; projection: Linear };

/** Layer normalisation with the 1 / sqrt(variance + eps) its backward pass needs. */
function normalize(x: tf.Tensor2D) {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5));
  return { normed: tf.mul(centred, inverse), inverse };
}

/** g [B, out] back through a linear, [B, in]. */
function back(g: tf.Tensor, { weight }: Linear): tf.Tensor2D {
  return tf.matMul(g as tf.Tensor2D, weight, false, true);
}

/**
 * w = dS / do of eq. 7 in closed form: `o`, the attention output of the CLS (end-of-text) row before
 * the out-projection, reaches S = cos(z, other) through that one row's out-projection, MLP, norms
 * and projection. Ordinary operations, so that a loss on w needs one ordinary backward pass.
 *
 * @param row the row through the last block, [B, D] each
 * @param features z, unnormalised [B, E]
 * @param other the other modality's features, unnormalised [B, E]
 * @returns [B, D]
 */
export function gradientWeights(
  { block, projection }: TowerEnd,
  row: LastRow,
  features: tf.Tensor2D,
  other: tf.Tensor2D,
): tf.Tensor2D {
  const length = tf.sqrt(tf.sum(tf.square(features), -1, true));
  const direction = tf.div(features, length);
  const u = unit(other);
  const score = tf.sum(tf.mul(direction, u), -1, true);
  const atFeatures = tf.div(tf.sub(u, tf.mul(direction, score)), length);

  const end = normalize(row.result);
  const atResult = normalizeLayerVjp(back(atFeatures, projection), end.normed, end.inverse);

  const mixed = tf.add(row.input, linear(row.output, block.attentionOut)) as tf.Tensor2D;
  const middle = normalize(mixed);
  const hidden = linear(middle.normed, block.mlpIn);
  const atHidden = tf.mul(back(atResult, block.mlpOut), quickGeluSlope(hidden));
  const throughMlp = normalizeLayerVjp(back(atHidden, block.mlpIn), middle.normed, middle.inverse);
  return back(tf.add(atResult, throughMlp), block.attentionOut);
}
