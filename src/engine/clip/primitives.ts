import * as tf from '@tensorflow/tfjs-core';

/**
 * The four pieces that the towers are made of, each with its backward pass written out. They save
 * only what that pass needs and never compute a gradient for a frozen weight. `usePlainForms`
 * swaps in ordinary differentiable operations, the yardstick the tests hold them to.
 */

/** y = x W + b. Weight [in, out]; trainable only while a CLIP itself is being trained. */
export type Linear = { weight: tf.Tensor2D; bias: tf.Tensor1D | null; trainable?: boolean };

type Save = (tensors: tf.Tensor[]) => void;

let plain = false;

/** Test-only: run `body` on ordinary operations instead of the fused pieces. */
export function withPlainForms<T>(body: () => T): T {
  plain = true;
  try {
    return body();
  } finally {
    plain = false;
  }
}

const LAYER_NORM_EPSILON = 1e-5;
const QUICK_GELU_SLOPE = 1.702;

function rows(x: tf.Tensor): tf.Tensor2D {
  const width = x.shape[x.shape.length - 1] as number;
  return tf.reshape(x, [x.size / width, width]);
}

/** x [..., in] -> [..., out]. */
export function linear(x: tf.Tensor, { weight, bias, trainable }: Linear): tf.Tensor {
  const shape = [...x.shape.slice(0, -1), weight.shape[1]];
  const forward = (input: tf.Tensor) => {
    const product = tf.matMul(rows(input), weight);
    return tf.reshape(bias ? tf.add(product, bias) : product, shape);
  };
  if (plain || trainable) return forward(x);
  return tf.customGrad((input) => ({
    value: forward(input as tf.Tensor),
    gradFunc: (dy: tf.Tensor) =>
      tf.reshape(tf.matMul(rows(dy), weight, false, true), (input as tf.Tensor).shape),
  }))(x);
}

/** (x - mean) / sqrt(variance + 1e-5) over the last axis; scale and shift live in the next linear. */
export function normalizeLayer(x: tf.Tensor): tf.Tensor {
  const forward = (input: tf.Tensor) => {
    const centred = tf.sub(input, tf.mean(input, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    const inverse = tf.rsqrt(tf.add(variance, LAYER_NORM_EPSILON));
    return { value: tf.mul(centred, inverse), inverse };
  };
  if (plain) return forward(x).value;
  return tf.customGrad((input, save) => {
    const { value, inverse } = forward(input as tf.Tensor);
    (save as unknown as Save)([value, inverse]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        normalizeLayerVjp(dy, saved[0] as tf.Tensor, saved[1] as tf.Tensor),
    };
  })(x);
}

/** Pulls dy back through the normalisation, given its output and 1/sqrt(variance + eps). */
export function normalizeLayerVjp(dy: tf.Tensor, normed: tf.Tensor, inverse: tf.Tensor): tf.Tensor {
  const along = tf.mul(normed, tf.mean(tf.mul(dy, normed), -1, true));
  return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), inverse);
}

/** x sigmoid(1.702 x), CLIP's activation. */
export function quickGelu(x: tf.Tensor): tf.Tensor {
  const forward = (input: tf.Tensor) => tf.mul(input, tf.sigmoid(tf.mul(input, QUICK_GELU_SLOPE)));
  if (plain) return forward(x);
  return tf.customGrad((input, save) => {
    (save as unknown as Save)([input as tf.Tensor]);
    return {
      value: forward(input as tf.Tensor),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.mul(dy, quickGeluSlope(saved[0] as tf.Tensor)),
    };
  })(x);
}

/** d quickGelu / dx = s + 1.702 x s (1 - s), with s = sigmoid(1.702 x). */
export function quickGeluSlope(x: tf.Tensor): tf.Tensor {
  const scaled = tf.mul(x, QUICK_GELU_SLOPE);
  const s = tf.sigmoid(scaled);
  return tf.mul(s, tf.add(tf.mul(scaled, tf.sub(1, s)), 1));
}

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
  const inputs = prefix ? [packed, prefix] : [packed];
  if (plain) return mergeHeads(attend(packed, prefix, mask).output);
  const op = tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as Save;
    const own = args[0] as tf.Tensor;
    const shared = prefix ? (args[1] as tf.Tensor) : null;
    const { output, weights } = attend(own, shared, mask);
    save(shared ? [weights, own, shared] : [weights, own]);
    return {
      value: output,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        attendVjp(dy, saved[0] as tf.Tensor, saved[1] as tf.Tensor, saved[2] ?? null),
    };
  });
  return mergeHeads(op(...inputs));
}

/** Flattens [H, B, T, d] to [H, B T, d]: all queries of a head in one matrix. */
function flat(x: tf.Tensor): tf.Tensor3D {
  const [heads, batch, tokens, width] = x.shape as [number, number, number, number];
  return tf.reshape(x, [heads, batch * tokens, width]);
}

/** weights [H, B, T, S + T]; output [H, B, T, d]. */
function attend(packed: tf.Tensor, prefix: tf.Tensor | null, mask: tf.Tensor2D | null) {
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
function attendVjp(
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
