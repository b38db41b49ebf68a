import * as tf from '@tensorflow/tfjs-core';
import { attention, splitHeads } from './attention.ts';
import { fusedBlock } from './fused-block.ts';
import { isPlain, linear, normalizeLayer, quickGelu } from './primitives.ts';
import type { BlockWeights } from './weights.ts';

/** x + MLP(norm(x)), x [..., D]. */
export function mlp(x: tf.Tensor, block: BlockWeights): tf.Tensor {
  return tf.add(x, linear(quickGelu(linear(normalizeLayer(x), block.mlpIn)), block.mlpOut));
}

/** q, k, v of x [B, T, D], split into heads: [3, H, B, T, d]. */
export function project(x: tf.Tensor, block: BlockWeights, heads: number): tf.Tensor5D {
  return splitHeads(linear(normalizeLayer(x), block.attentionIn), heads);
}

/**
 * One block of a tower. x [B, T, D]; `prefix` and `mask` as in `attention`. Frozen weights run as one
 * fused operation; the pieces serve weights that are trained, and the tests as yardstick.
 */
export function runBlock(
  x: tf.Tensor,
  prefix: tf.Tensor | null,
  mask: tf.Tensor2D | null,
  block: BlockWeights,
  heads: number,
): tf.Tensor3D {
  if (!isPlain() && !block.attentionIn.trainable) return fusedBlock(x, prefix, mask, block, heads);
  return finishBlock(x, project(x, block, heads), prefix, mask, block);
}

/** What comes after the projection: attention, residual, MLP. x [B, T, D]. */
export function finishBlock(
  x: tf.Tensor,
  packed: tf.Tensor,
  prefix: tf.Tensor | null,
  mask: tf.Tensor2D | null,
  block: BlockWeights,
): tf.Tensor3D {
  const attended = linear(attention(packed, prefix, mask), block.attentionOut);
  return mlp(tf.add(x, tf.reshape(attended, x.shape)), block) as tf.Tensor3D;
}

/** The last block, for one row a sequence: past the keys and values nothing else is needed. */
export type LastRow = {
  /** The row's input to the block [B, D]. */
  input: tf.Tensor2D;
  /** Its query, heads side by side [B, D]. */
  query: tf.Tensor2D;
  /** Its attention output before the out-projection [B, D]. */
  output: tf.Tensor2D;
  /** The row after the block [B, D]. */
  result: tf.Tensor2D;
};

/**
 * @param input the row's input to the block [B, D]
 * @param query its query [H, B, d]
 * @param scores what the query is compared with, given the scaled query: [H, B, S]
 * @param mix weighted sum of the values: [H, B, S] -> [H, B, d]
 */
export function lastRow(
  input: tf.Tensor2D,
  query: tf.Tensor3D,
  scores: (scaledQuery: tf.Tensor3D) => tf.Tensor3D,
  mix: (weights: tf.Tensor3D) => tf.Tensor3D,
  block: BlockWeights,
): LastRow {
  const width = query.shape[2];
  const weights = tf.softmax(scores(tf.mul(query, 1 / Math.sqrt(width))));
  const side = (x: tf.Tensor3D) =>
    tf.reshape(tf.transpose(x, [1, 0, 2]), [input.shape[0], input.shape[1]]) as tf.Tensor2D;
  const output = side(mix(weights));
  const mixed = tf.add(input, linear(output, block.attentionOut)) as tf.Tensor2D;
  return { input, query: side(query), output, result: mlp(mixed, block) as tf.Tensor2D };
}

/** Heads [H, B, T, d] side by side: [B, T, D]. */
export function sideBySide(x: tf.Tensor4D): tf.Tensor3D {
  const [heads, batch, tokens, width] = x.shape;
  return tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [batch, tokens, heads * width]);
}
