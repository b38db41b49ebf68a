import * as tf from '@tensorflow/tfjs-core';
import { unpackQkv } from './attention.ts';
import { linear, normalizeLayer } from './primitives.ts';
import { type LastRow, lastRow, project, runBlock, sideBySide } from './tower-blocks.ts';
import type { ClipWeights } from './weights.ts';

export type ImageEncoding = {
  /** Unnormalised features [B, E]. */
  features: tf.Tensor2D;
  /** The CLS row through the last block. */
  last: LastRow;
  /** Keys and values of the last block over the M patches only, heads side by side [B, M, D]. */
  keys: tf.Tensor3D;
  values: tf.Tensor3D;
  /** All tokens before the last block [B, T, D]: CLS, patches, prompts. */
  beforeLast: tf.Tensor3D;
};

/** Pixels [B, 3, S, S] -> patches [B, M, 3 P P], rows of the grid first. */
export function toPatches(pixels: tf.Tensor4D, patchSize: number): tf.Tensor3D {
  const [batch, , size] = pixels.shape;
  const grid = size / patchSize;
  const cells = tf.reshape(pixels, [batch, 3, grid, patchSize, grid, patchSize]);
  const ordered = tf.transpose(cells, [0, 2, 4, 1, 3, 5]);
  return tf.reshape(ordered, [batch, grid * grid, 3 * patchSize * patchSize]);
}

/** The inverse of `toPatches`. */
export function fromPatches(patches: tf.Tensor3D, patchSize: number): tf.Tensor4D {
  const [batch, count] = patches.shape;
  const grid = Math.round(Math.sqrt(count));
  const cells = tf.reshape(patches, [batch, grid, grid, 3, patchSize, patchSize]);
  const ordered = tf.transpose(cells, [0, 3, 1, 4, 2, 5]);
  return tf.reshape(ordered, [batch, 3, grid * patchSize, grid * patchSize]);
}

/** prompt [P, D] -> [B, P, D]; adding to zeros sums gradients over the batch in one operation. */
function repeat(prompt: tf.Tensor2D, batch: number): tf.Tensor3D {
  return tf.add(tf.zeros([batch, ...prompt.shape]), prompt) as tf.Tensor3D;
}

/**
 * The image tower of methods 3.1.
 *
 * @param patches raw pixels in [0, 1] as patches [B, M, 3 P P]
 * @param prompts learned tokens [P, D] a block, from block 0 on; null for none. The first is
 *   appended after the positional embedding; each later one replaces the last P tokens.
 */
export function encodeImage(
  weights: ClipWeights,
  patches: tf.Tensor3D,
  prompts: tf.Tensor2D[] | null,
): ImageEncoding {
  const { image, shape } = weights;
  const [batch, count] = patches.shape;
  const first = tf.add(image.classEmbedding, tf.slice(image.positions, [0, 0], [1, -1]));
  const embedded = tf.add(
    linear(patches, image.patch),
    tf.slice(image.positions, [1, 0], [-1, -1]),
  );
  const start: tf.Tensor3D[] = [repeat(first as tf.Tensor2D, batch), embedded as tf.Tensor3D];
  const deep = prompts ?? [];
  if (deep[0]) start.push(repeat(deep[0], batch));
  let x = normalizeLayer(tf.concat(start, 1)) as tf.Tensor3D;
  x = tf.add(tf.mul(x, image.normScale), image.normShift);
  const enter = (index: number) => {
    const prompt = index > 0 ? deep[index] : undefined;
    if (!prompt) return x;
    return tf.concat([tf.slice(x, [0, 0, 0], [-1, 1 + count, -1]), repeat(prompt, batch)], 1);
  };
  const lastIndex = image.blocks.length - 1;
  for (const [index, block] of image.blocks.slice(0, -1).entries()) {
    x = enter(index);
    x = runBlock(x, null, null, block, shape.imageHeads);
  }
  x = enter(lastIndex);
  return readClass(weights, x, count);
}

/** The last block for the CLS row alone, the final norm and the projection. */
function readClass(weights: ClipWeights, x: tf.Tensor3D, count: number): ImageEncoding {
  const { image, shape } = weights;
  const block = image.blocks[image.blocks.length - 1];
  if (!block) throw new Error('an image tower has at least one block');
  const [batch, , width] = x.shape;
  const packed = project(x, block, shape.imageHeads);
  const heads = shape.imageHeads;
  const [q, k, v] = unpackQkv(packed);
  const query = tf.reshape(tf.slice(q, [0, 0, 0, 0], [-1, -1, 1, -1]), [
    heads,
    batch,
    width / heads,
  ]) as tf.Tensor3D;
  const last = lastRow(
    tf.reshape(tf.slice(x, [0, 0, 0], [-1, 1, -1]), [batch, width]),
    query,
    (row) => tf.squeeze(tf.matMul(tf.expandDims(row, 2), k, false, true), [2]) as tf.Tensor3D,
    (w) => tf.squeeze(tf.matMul(tf.expandDims(w, 2), v), [2]) as tf.Tensor3D,
    block,
  );
  const features = linear(normalizeLayer(last.result), image.projection) as tf.Tensor2D;
  const patchesOnly = (t: tf.Tensor3D) => tf.slice(t, [0, 1, 0], [-1, count, -1]) as tf.Tensor3D;
  return {
    features,
    last,
    keys: patchesOnly(sideBySide(k)),
    values: patchesOnly(sideBySide(v)),
    beforeLast: x,
  };
}

/** CLS and patches through the last block, the final norm and the projection [B, 1 + M, E]. */
export function tokenFeatures(weights: ClipWeights, encoding: ImageEncoding): tf.Tensor3D {
  const { image, shape } = weights;
  const block = image.blocks[image.blocks.length - 1];
  if (!block) throw new Error('an image tower has at least one block');
  const all = runBlock(encoding.beforeLast, null, null, block, shape.imageHeads);
  const count = 1 + encoding.keys.shape[1];
  const kept = tf.slice(all, [0, 0, 0], [-1, count, -1]);
  return linear(normalizeLayer(kept), image.projection) as tf.Tensor3D;
}
