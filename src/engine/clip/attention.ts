import * as tf from '@tensorflow/tfjs-core';
import { customOp } from '../custom-op.ts';
import { isPlain } from './primitives.ts';

/**
 * Splits rows of concatenated q, k, v into heads.
 * qkv [B, T, 3 D] -> [3, H, B, T, D / H]; heads come first so that a shared prefix meets all
 * classes' queries in one matrix product a head.
 */
export function splitHeads(qkv: tf.Tensor, heads: number): tf.Tensor5D {
  const [batch, tokens, width] = qkv.shape as [number, number, number];
  const parts = width / 3 / heads;
  const split = tf.transpose(tf.reshape(qkv, [batch * tokens, 3, heads, parts]), [1, 2, 0, 3]);
  return tf.reshape(split, [3, heads, batch, tokens, parts]);
}

/** The inverse of `splitHeads`, and so its backward pass: [3, H, B, T, d] -> [B, T, 3 D]. */
export function joinHeads(packed: tf.Tensor): tf.Tensor3D {
  const [, heads, batch, tokens, width] = packed.shape as [number, number, number, number, number];
  const rows = tf.transpose(tf.reshape(packed, [3, heads, batch * tokens, width]), [2, 0, 1, 3]);
  return tf.reshape(rows, [batch, tokens, 3 * heads * width]);
}

/** The inverse of `mergeHeads`: [B, T, D] -> [H, B, T, D / H]. */
export function spreadHeads(x: tf.Tensor, heads: number): tf.Tensor4D {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const spread = tf.transpose(tf.reshape(x, [batch * tokens, heads, width / heads]), [1, 0, 2]);
  return tf.reshape(spread, [heads, batch, tokens, width / heads]);
}

/** [H, B, T, D / H] -> [B, T, D]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor3D {
  const [heads, batch, tokens, part] = x.shape as [number, number, number, number];
  const merged = tf.transpose(tf.reshape(x, [heads, batch * tokens, part]), [1, 0, 2]);
  return tf.reshape(merged, [batch, tokens, heads * part]);
}

/** q, k or v of a packed tensor [3, H, B, T, d], without its first axis. */
export function part(packed: tf.Tensor, index: 0 | 1 | 2): tf.Tensor4D {
  const shape = packed.shape as [number, number, number, number, number];
  const size: [number, number, number, number, number] = [
    1,
    shape[1],
    shape[2],
    shape[3],
    shape[4],
  ];
  return tf.reshape(
    tf.slice(packed, [index, 0, 0, 0, 0], size),
    shape.slice(1) as [number, number, number, number],
  );
}

/**
 * Multi-head attention of packed [3, H, B, T, d] over itself and, where given, over a prefix
 * [3, H, 1, S, d] that every sequence of the batch shares (its keys and values only).
 * mask [T, T] is added to the scores of the own tokens. Returns [B, T, H d].
 */
export function attention(
  packed: tf.Tensor,
  prefix: tf.Tensor | null,
  mask: tf.Tensor2D | null,
): tf.Tensor3D {
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
  const q = tf.mul(part(packed, 0), 1 / Math.sqrt(width));
  const scores = tf.matMul(q, part(packed, 1), false, true);
  const masked = mask ? tf.add(scores, mask) : scores;
  if (!prefix) {
    const weights = tf.softmax(masked);
    return { weights, output: tf.matMul(weights, part(packed, 2)) };
  }
  const length = prefix.shape[3] as number;
  const before = tf.matMul(flat(q), flat(part(prefix, 1)), false, true);
  const weights = tf.softmax(
    tf.concat([tf.reshape(before, [heads, batch, tokens, length]), masked], 3),
  );
  const [onPrefix, onOwn] = tf.split(weights, [length, tokens], 3) as [tf.Tensor, tf.Tensor];
  const fromPrefix = tf.matMul(flat(onPrefix), flat(part(prefix, 2)));
  const output = tf.add(
    tf.reshape(fromPrefix, [heads, batch, tokens, width]),
    tf.matMul(onOwn, part(packed, 2)),
  );
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
  const [q, k, v] = [part(packed, 0), part(packed, 1), part(packed, 2)];
  const length = prefix ? (prefix.shape[3] as number) : 0;
  const dOwn = tf.matMul(dy, v, false, true);
  const dWeights = prefix
    ? tf.concat(
        [
          tf.reshape(tf.matMul(flat(dy), flat(part(prefix, 2)), false, true), [
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
  if (!prefix || !sPrefix || !wPrefix) return [tf.stack([dqOwn, dk, dv])];
  const dqPrefix = tf.reshape(tf.matMul(flat(sPrefix), flat(part(prefix, 1))), dqOwn.shape);
  const dkPrefix = tf.matMul(flat(sPrefix), flat(q), true, false);
  const dvPrefix = tf.matMul(flat(wPrefix), flat(dy), true, false);
  const dPrefix = tf.stack([tf.zerosLike(dkPrefix), dkPrefix, dvPrefix]);
  return [tf.stack([tf.add(dqOwn, dqPrefix), dk, dv]), tf.reshape(dPrefix, prefix.shape)];
}
