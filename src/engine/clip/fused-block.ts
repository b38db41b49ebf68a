import * as tf from '@tensorflow/tfjs-core';
import { customOp } from '../custom-op.ts';
import { attend, attendVjp, joinHeads, mergeHeads, splitHeads, spreadHeads } from './attention.ts';
import {
  linear,
  linearVjp,
  normalizeLayerVjp,
  normalizeWithInverse,
  quickGelu,
  quickGeluSlope,
} from './primitives.ts';
import type { BlockWeights } from './weights.ts';

/**
 * One frozen transformer block as a single differentiable operation. On the tape stay only the
 * normalised inputs, q, k, v, the attention weights and the MLP's hidden layer: nine widths a token,
 * where the same block piece by piece keeps about fifty.
 *
 * @param x [B, T, D]
 * @param prefix keys and values that every sequence shares, packed [3, H, 1, S, d], or null
 * @param mask added to the scores of the own tokens [T, T], or null
 */
export function fusedBlock(
  x: tf.Tensor,
  prefix: tf.Tensor | null,
  mask: tf.Tensor2D | null,
  block: BlockWeights,
  heads: number,
): tf.Tensor3D {
  const inputs = prefix ? [x, prefix] : [x];
  return customOp(
    inputs,
    () => {
      const { value, saved } = forward(x, prefix, mask, block, heads);
      return { value, saved: prefix ? [...saved, prefix] : saved };
    },
    (dy, saved) => backward(dy, saved, block, heads),
  ) as tf.Tensor3D;
}

function forward(
  x: tf.Tensor,
  prefix: tf.Tensor | null,
  mask: tf.Tensor2D | null,
  block: BlockWeights,
  heads: number,
) {
  const before = normalizeWithInverse(x);
  const packed = splitHeads(linear(before.normed, block.attentionIn), heads);
  const { weights, output } = attend(packed, prefix, mask);
  const mixed = tf.add(x, linear(mergeHeads(output), block.attentionOut));
  const middle = normalizeWithInverse(mixed);
  const hidden = linear(middle.normed, block.mlpIn);
  const value = tf.add(mixed, linear(quickGelu(hidden), block.mlpOut));
  const saved = [
    before.normed,
    before.inverse,
    packed,
    weights,
    middle.normed,
    middle.inverse,
    hidden,
  ];
  return { value, saved };
}

/** dy [B, T, D] -> cotangents of x and, where there is one, of the prefix. */
function backward(
  dy: tf.Tensor,
  kept: tf.Tensor[],
  block: BlockWeights,
  heads: number,
): tf.Tensor[] {
  const [normed, inverse, packed, weights, middle, middleInverse, hidden] = kept as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const dHidden = tf.mul(linearVjp(dy, block.mlpOut), quickGeluSlope(hidden));
  const throughMlp = normalizeLayerVjp(linearVjp(dHidden, block.mlpIn), middle, middleInverse);
  const dMixed = tf.add(dy, throughMlp);
  const dOutput = spreadHeads(linearVjp(dMixed, block.attentionOut), heads);
  const [dPacked, dPrefix] = attendVjp(dOutput, weights, packed, kept[7] ?? null);
  const dNormed = linearVjp(joinHeads(dPacked as tf.Tensor), block.attentionIn);
  const dx = tf.add(dMixed, normalizeLayerVjp(dNormed, normed, inverse));
  return dPrefix ? [dx, dPrefix] : [dx];
}
