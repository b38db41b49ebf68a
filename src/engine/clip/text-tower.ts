import * as tf from '@tensorflow/tfjs-core';
import { oneHotRows } from '../one-hot.ts';
import { unpackQkv } from './attention.ts';
import { linear, normalizeLayer } from './primitives.ts';
import type { TextLayout } from './text-layout.ts';
import {
  finishBlock,
  type LastRow,
  lastRow,
  project,
  runBlock,
  sideBySide,
} from './tower-blocks.ts';
import type { ClipWeights } from './weights.ts';

/** Stands in for minus infinity in a mask: exp of it is exactly 0 in float32. */
const MASKED = -1e9;

export type TextEncoding = {
  /** Unnormalised features [K, E]. */
  features: tf.Tensor2D;
  /** Each class's end-of-text row through the last block. */
  last: LastRow;
  /** Last block, heads side by side: the shared positions [1, S, D] and each class's own [K, n, D]. */
  sharedKeys: tf.Tensor3D;
  sharedValues: tf.Tensor3D;
  keys: tf.Tensor3D;
  values: tf.Tensor3D;
};

/** [n, n], 0 on and below the diagonal. */
function causalMask(length: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, i) =>
      i % length > Math.floor(i / length) ? MASKED : 0,
    ),
    [length, length],
  );
}

/** Embeddings of the positions from..to of the given rows, positional embedding added. */
function embed(weights: ClipWeights, rows: number[][], from: number, to: number): tf.Tensor3D {
  const ids = rows.flatMap((row) => row.slice(from, to));
  const words = tf.gather(weights.text.tokenEmbedding, tf.tensor1d(ids, 'int32'));
  const shaped = tf.reshape(words, [rows.length, to - from, -1]);
  return tf.add(shaped, tf.slice(weights.text.positions, [from, 0], [to - from, -1]));
}

/**
 * Puts learned words at their places in x [K, n, D]: one context for all rows, or one a class.
 *
 * @param contexts [1 or C, P, D], positional embedding not yet added
 */
function place(
  x: tf.Tensor3D,
  contexts: tf.Tensor3D,
  { places, classes, sharedLength }: TextLayout,
  positions: tf.Tensor2D,
): tf.Tensor3D {
  const [rows, length] = x.shape;
  const count = contexts.shape[1];
  const onto = new Float32Array(rows * length * count);
  const kept = new Float32Array(rows * length).fill(1);
  for (const [row, own] of (places ?? []).entries()) {
    for (const [word, position] of own.entries()) {
      const at = row * length + position - sharedLength;
      onto[at * count + word] = 1;
      kept[at] = 0;
    }
  }
  const chosen =
    contexts.shape[0] === 1 ? contexts : tf.gather(contexts, tf.tensor1d(classes, 'int32'));
  const spread = tf.add(tf.zeros([rows, count, contexts.shape[2]]), chosen) as tf.Tensor3D;
  const words = tf.matMul(tf.tensor3d(onto, [rows, length, count]), spread);
  const mask = tf.tensor3d(kept, [rows, length, 1]);
  return tf.add(tf.mul(x, mask), tf.add(words, tf.mul(tf.sub(1, mask), positions)));
}

/** Puts `prompt` [P, D] at positions 1..P of x [1, S, D]. */
function overwrite(x: tf.Tensor3D, prompt: tf.Tensor2D): tf.Tensor3D {
  const length = prompt.shape[0];
  const parts = [tf.slice(x, [0, 0, 0], [1, 1, -1]), tf.expandDims(prompt, 0)] as tf.Tensor3D[];
  if (x.shape[1] > 1 + length) parts.push(tf.slice(x, [0, 1 + length, 0], [1, -1, -1]));
  return tf.concat(parts, 1);
}

/** The positions that all classes share, through the tower: what a block's own tokens attend to. */
export type SharedText = {
  /** Queries, keys and values at the entry of each block, [3, H, 1, S, d]. */
  packed: tf.Tensor5D[];
};

/**
 * Runs the shared positions once, as a batch of one: the mask is causal, so no class can change them.
 *
 * @param prompts learned tokens [P, D] a block, from block 0 on, at positions 1..P; null for none.
 *   The first replaces word embeddings before the positional embedding is added, the others
 *   overwrite the positions at their block's entry.
 */
export function encodeShared(
  weights: ClipWeights,
  { tokens, sharedLength }: TextLayout,
  prompts: tf.Tensor2D[] | null,
): SharedText {
  const { text, shape } = weights;
  const deep = prompts ?? [];
  let x = embed(weights, tokens.slice(0, 1), 0, sharedLength);
  if (deep[0]) {
    const placed = tf.add(deep[0], tf.slice(text.positions, [1, 0], [deep[0].shape[0], -1]));
    x = overwrite(x, placed as tf.Tensor2D);
  }
  const mask = causalMask(sharedLength);
  const packed: tf.Tensor5D[] = [];
  for (const [index, block] of text.blocks.entries()) {
    const prompt = index > 0 ? deep[index] : undefined;
    if (prompt) x = overwrite(x, prompt);
    const own = project(x, block, shape.textHeads);
    packed.push(own);
    // Past the last block's keys and values nobody looks at these positions.
    if (index < text.blocks.length - 1) x = finishBlock(x, own, null, mask, block);
  }
  return { packed };
}

/**
 * The text tower of methods 3.1, exact but for the order of additions: each class runs only its own
 * tokens, against the keys and values of the shared positions.
 *
 * @param layout rows of the classes to encode
 * @param placed learned words that stand among a class's own tokens (`layout.places`) [1 or C, P, D]
 */
export function encodeOwn(
  weights: ClipWeights,
  layout: TextLayout,
  { packed }: SharedText,
  placed: tf.Tensor3D | null = null,
): TextEncoding {
  const { text, shape } = weights;
  const { tokens, sharedLength, length } = layout;
  let own = embed(weights, tokens, sharedLength, length);
  if (placed) {
    const positions = tf.slice(text.positions, [sharedLength, 0], [length - sharedLength, -1]);
    own = place(own, placed, layout, positions);
  }
  const mask = causalMask(length - sharedLength);
  for (const [index, block] of text.blocks.slice(0, -1).entries()) {
    own = runBlock(own, packed[index] as tf.Tensor5D, mask, block, shape.textHeads);
  }
  return readEnd(weights, layout, packed[text.blocks.length - 1] as tf.Tensor5D, own);
}

/** Both parts of the tower at once; `prompts` as in `encodeShared`, `placed` as in `encodeOwn`. */
export function encodeText(
  weights: ClipWeights,
  layout: TextLayout,
  prompts: tf.Tensor2D[] | null,
  placed: tf.Tensor3D | null = null,
): TextEncoding {
  return encodeOwn(weights, layout, encodeShared(weights, layout, prompts), placed);
}

/** The last block for the end-of-text rows alone, the final norm and the projection. */
function readEnd(
  weights: ClipWeights,
  { ends, sharedLength, length }: TextLayout,
  prefix: tf.Tensor5D,
  own: tf.Tensor3D,
): TextEncoding {
  const { text, shape } = weights;
  const block = text.blocks[text.blocks.length - 1];
  if (!block) throw new Error('a text tower has at least one block');
  const heads = shape.textHeads;
  const count = ends.length;
  const tail = length - sharedLength;
  const positions = ends.map((end) => end - sharedLength);
  const atEnd = oneHotRows(positions, tail);
  const pick = (x: tf.Tensor) => tf.sum(tf.mul(x, tf.reshape(atEnd, [count, tail, 1])), -2);
  const packed = project(own, block, heads);
  const [queries, keys, values] = unpackQkv(packed);
  const [, sharedKeys, sharedValues] = unpackQkv(prefix);
  const behind = tf.tensor2d(
    positions.flatMap((end) => Array.from({ length: tail }, (_, i) => (i > end ? MASKED : 0))),
    [count, tail],
  );
  const flatten = (x: tf.Tensor4D) => tf.reshape(x, [heads, sharedLength, -1]);
  const last = lastRow(
    pick(own) as tf.Tensor2D,
    pick(queries) as tf.Tensor3D,
    (q) => {
      const before = tf.matMul(q, flatten(sharedKeys), false, true);
      const after = tf.squeeze(tf.matMul(tf.expandDims(q, 2), keys, false, true), [2]);
      return tf.concat([before, tf.add(after, behind)], 2) as tf.Tensor3D;
    },
    (w) => {
      const [onShared, onOwn] = tf.split(w, [sharedLength, tail], 2) as [tf.Tensor3D, tf.Tensor3D];
      const mixed = tf.squeeze(tf.matMul(tf.expandDims(onOwn, 2), values), [2]);
      return tf.add(tf.matMul(onShared, flatten(sharedValues)), mixed) as tf.Tensor3D;
    },
    block,
  );
  return {
    features: linear(normalizeLayer(last.result), text.projection) as tf.Tensor2D,
    last,
    sharedKeys: sideBySide(sharedKeys),
    sharedValues: sideBySide(sharedValues),
    keys: sideBySide(keys),
    values: sideBySide(values),
  };
}
