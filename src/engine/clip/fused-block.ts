import * as tf from '@tensorflow/tfjs-core';
import { customOp } from '../custom-op.ts';
import { isTaped } from '../untaped.ts';
import { attend, attendVjp, joinHeads, mergeHeads, splitHeads, spreadHeads } from './attention.ts';
import {
  applyLinear,
  asRows,
  linearVjp,
  normalizeLayerVjp,
  normalizeWithInverse,
  quickGelu,
  quickGeluWithSlope,
} from './primitives.ts';
import type { BlockWeights } from './weights.ts';

/**
 * One frozen transformer block as a single differentiable operation. On the tape stay only the
 * normalised inputs, q, k, v, the attention weights and the slope of the MLP's hidden layer: nine widths
 * a token, where the same block piece by piece keeps about fifty. Inside, tokens are rows [B T, D]:
 * on small models a reshape costs as much as a norm's pass.
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
  const tokens = asRows(x);
  const before = normalizeWithInverse(tokens);
  const projected = applyLinear(before.normed as tf.Tensor2D, block.attentionIn);
  const packed = splitHeads(projected, heads, x.shape[0]);
  const { weights, output } = attend(packed, prefix, mask);
  const mixed = tf.add(tokens, applyLinear(mergeHeads(output), block.attentionOut));
  const middle = normalizeWithInverse(mixed);
  const hidden = applyLinear(middle.normed as tf.Tensor2D, block.mlpIn);
  // Nobody asks for the slope where nothing is recorded.
  const { value, slope } = isTaped()
    ? tf.tidy(() => quickGeluWithSlope(hidden))
    : { value: quickGelu(hidden), slope: hidden };
  const result = tf.add(mixed, applyLinear(value as tf.Tensor2D, block.mlpOut));
  const saved = [
    before.normed,
    before.inverse,
    packed,
    weights,
    middle.normed,
    middle.inverse,
    slope,
  ];
  return { value: tf.reshape(result, x.shape), saved };
}

/** dy [B, T, D] -> cotangents of x and, where there is one, of the prefix. */
function backward(
  dy: tf.Tensor,
  kept: tf.Tensor[],
  block: BlockWeights,
  heads: number,
): tf.Tensor[] {
  const [normed, inverse, packed, weights, middle, middleInverse, slope] = kept as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const dRows = asRows(dy);
  const dHidden = tf.mul(linearVjp(dRows, block.mlpOut), slope);
  const throughMlp = normalizeLayerVjp(linearVjp(dHidden, block.mlpIn), middle, middleInverse);
  const dMixed = tf.add(dRows, throughMlp);
  const dMerged = linearVjp(dMixed, block.attentionOut) as tf.Tensor2D;
  const dOutput = spreadHeads(dMerged, heads, dy.shape[0] as number);
  const [dPacked, dPrefix] = attendVjp(dOutput, weights, packed, kept[7] ?? null);
  const dNormed = linearVjp(joinHeads(dPacked as tf.Tensor), block.attentionIn);
  const dx = tf.add(dMixed, normalizeLayerVjp(dNormed, normed, inverse));
  return [tf.reshape(dx, dy.shape), ...(dPrefix ? [dPrefix] : [])];
}
