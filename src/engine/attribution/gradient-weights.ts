import * as tf from '@tensorflow/tfjs-core';
import type { Linear } from '../clip/primitives.ts';
import {
  linear,
  linearVjp,
  normalizeLayerVjp,
  normalizeWithInverse,
  quickGeluSlope,
} from '../clip/primitives.ts';
import { unit } from '../clip/similarity.ts';
import type { LastRow } from '../clip/tower-blocks.ts';
import type { BlockWeights } from '../clip/weights.ts';

/** A tower's end: its last block and its projection. */
export type TowerEnd = { block: BlockWeights; projection: Linear };

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

  const end = normalizeWithInverse(row.result);
  const atResult = normalizeLayerVjp(linearVjp(atFeatures, projection), end.normed, end.inverse);

  const mixed = tf.add(row.input, linear(row.output, block.attentionOut)) as tf.Tensor2D;
  const middle = normalizeWithInverse(mixed);
  const hidden = linear(middle.normed, block.mlpIn);
  const atHidden = tf.mul(linearVjp(atResult, block.mlpOut), quickGeluSlope(hidden));
  const throughMlp = normalizeLayerVjp(
    linearVjp(atHidden, block.mlpIn),
    middle.normed,
    middle.inverse,
  );
  return linearVjp(tf.add(atResult, throughMlp), block.attentionOut) as tf.Tensor2D;
}
