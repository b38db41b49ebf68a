import * as tf from '@tensorflow/tfjs-core';
import { customOp } from '../custom-op.ts';
import { isPlain } from './primitives.ts';

/**
 * Splits rows of concatenated q, k, v into heads.
 * qkv [B T, 3 D] (or [B, T, 3 D]) of `batch` sequences -> [3, H, B, T, D / H]; heads come first so that
 * a shared prefix meets all classes' queries in one matrix product a head.
 */
export function splitHeads(
  qkv: tf.Tensor,
  heads: number,
  batch = qkv.shape[0] as number,
): tf.Tensor5D {
  const width = qkv.shape.at(-1) as number;
  const [rows, parts] = [qkv.size / width, width / 3 / heads];
  const split = tf.transpose(tf.reshape(qkv, [rows, 3, heads, parts]), [1, 2, 0, 3]);
  return tf.reshape(split, [3, heads, batch, rows / batch, parts]);
}

/** The inverse of `splitHeads`, and so its backward pass: [3, H, B, T, d] -> [B T, 3 D]. */
export function joinHeads(packed: tf.Tensor): tf.Tensor2D {
  const [, heads, batch, tokens, width] = packed.shape as [number, number, number, number, number];
  const rows = tf.transpose(tf.reshape(packed, [3, heads, batch * tokens, width]), [2, 0, 1, 3]);
  return tf.reshape(rows, [batch * tokens, 3 * heads * width]);
}

/** The inverse of `mergeHeads`: [B T, D] of `batch` sequences -> [H, B, T, D / H]. */
export function spreadHeads(x: tf.Tensor2D, heads: number, batch: number): tf.Tensor4D {
  const [rows, width] = x.shape;
  const spread = tf.transpose(tf.reshape(x, [rows, heads, width / heads]), [1, 0, 2]);
  return tf.reshape(spread, [heads, batch, rows / batch, width / heads]);
}

/** [H, B, T, D / H] -> [B T, D]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor2D {
  const [heads, batch, tokens, part] = x.shape as [number, number, number, number];
  const merged = tf.transpose(tf.reshape(x, [heads, batch * tokens, part]), [1, 0, 2]);
  return tf.reshape(merged, [batch * tokens, heads * part]);
}

/** q, k and v of a packed tensor [3, H, B, T, d], each without its first axis. */
export function unpackQkv(packed: tf.Tensor): [q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D] {
  return tf.unstack(packed) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
}

/**
 * Multi-head attention of packed [3, H, B, T, d] over itself and, where given, over a prefix
 * [3, H, 1, S, d] that every sequence of the batch shares (its keys and values only).
 * mask [T, T] is added to the scores of the own tokens. Returns [B T, H d].
 */
export function attention(
  packed: tf.Tensor,
  prefix: tf.Tensor | null,
  mask: tf.Tensor2D | null,
): tf.Tensor2D {
  if (isPlain()) return mergeHeads(attend(packed, prefix, mask).output);
  const inputs = prefix ? [packed, prefix] : [packed];
  const output = customOp(
    inputs,
    () => {
      const attended = attend(packed, prefix, mask);
      return { value: attended.output, saved: [attended.weights, ...inputs] };
    },
    (dy, [weights, own, shared]) =>
      attendVjp(dy, weights as tf.Tensor, own as tf.Tensor, shared ?? null),
  );
  return mergeHeads(output);
}

/** Flattens [H, B, T, d] to [H, B T, d]: all queries of a head in one matrix. */
function flat(x: tf.Tensor): tf.Tensor3D {
  const [heads, batch, tokens, width] = x.shape as [number, number, number, number];
  return tf.reshape(x, [heads, batch * tokens, width]);
}

/** weights [H, B, T, S + T]; output [H, B, T, d]. */
export function attend(packed: tf.Tensor, prefix: tf.Tensor | null, mask: tf.Tensor2D | null) {
  const [, heads, batch, tokens, width] = packed.shape as [number, number, number, number, number];
  const [queries, k, v] = unpackQkv(packed);
  const q = tf.mul(queries, 1 / Math.sqrt(width));
  const scores = tf.matMul(q, k, false, true);
  const masked = mask ? tf.add(scores, mask) : scores;
  if (!prefix) {
    const weights = tf.softmax(masked);
    return { weights, output: tf.matMul(weights, v) };
  }
  const length = prefix.shape[3] as number;
  const [, prefixKeys, prefixValues] = unpackQkv(prefix);
  const before = tf.matMul(flat(q), flat(prefixKeys), false, true);
  const weights = tf.softmax(
    tf.concat([tf.reshape(before, [heads, batch, tokens, length]), masked], 3),
  );
  const [onPrefix, onOwn] = tf.split(weights, [length, tokens], 3) as [tf.Tensor, tf.Tensor];
  const fromPrefix = tf.matMul(flat(onPrefix), flat(prefixValues));
  const output = tf.add(tf.reshape(fromPrefix, [heads, batch, tokens, width]), tf.matMul(onOwn, v));
  return { weights, output };
}

/** dy [H, B, T, d] -> cotangents of the packed tensor and, where there is one, of the prefix. */
export function attendVjp(
  dy: tf.Tensor,
  weights: tf.Tensor,
  packed: tf.Tensor,
  prefix: tf.Tensor | null,
): tf.Tensor[] {
  const [, heads, batch, tokens, width] = packed.shape as [number, number, number, number, number];
  const scale = 1 / Math.sqrt(width);
  const [q, k, v] = unpackQkv(packed);
  const before = prefix ? unpackQkv(prefix) : null;
  const length = prefix ? (prefix.shape[3] as number) : 0;
  const dOwn = tf.matMul(dy, v, false, true);
  const dWeights = before
    ? tf.concat(
        [
          tf.reshape(tf.matMul(flat(dy), flat(before[2]), false, true), [
            heads,
            batch,
            tokens,
            length,
          ]),
          dOwn,
        ],
        3,
      )
    : dOwn;
  const weighted = tf.mul(weights, dWeights);
  const dScores = tf.mul(tf.sub(weighted, tf.mul(weights, tf.sum(weighted, -1, true))), scale);
  const cut = (x: tf.Tensor) =>
    prefix ? (tf.split(x, [length, tokens], 3) as [tf.Tensor, tf.Tensor]) : ([null, x] as const);
  const [sPrefix, sOwn] = cut(dScores);
  const [wPrefix, wOwn] = cut(weights);
  const dqOwn = tf.matMul(sOwn, k);
  const dk = tf.matMul(sOwn, q, true, false);
  const dv = tf.matMul(wOwn, dy, true, false);
  if (!prefix || !before || !sPrefix || !wPrefix) return [tf.stack([dqOwn, dk, dv])];
  const dqPrefix = tf.reshape(tf.matMul(flat(sPrefix), flat(before[1])), dqOwn.shape);
  const dkPrefix = tf.matMul(flat(sPrefix), flat(q), true, false);
  const dvPrefix = tf.matMul(flat(wPrefix), flat(dy), true, false);
  const dPrefix = tf.stack([tf.zerosLike(dkPrefix), dkPrefix, dvPrefix]);
  return [tf.stack([tf.add(dqOwn, dqPrefix), dk, dv]), tf.reshape(dPrefix, prefix.shape)];
}
