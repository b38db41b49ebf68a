import * as tf from '@tensorflow/tfjs-core';
import type { LossOptions } from '../../shared/run-config.ts';
import type { ImageEncoding } from '../clip/image-tower.ts';
import { cosine } from '../clip/similarity.ts';
import type { TextLayout } from '../clip/text-layout.ts';
import type { TextEncoding } from '../clip/text-tower.ts';
import type { LastRow } from '../clip/tower-blocks.ts';
import type { ClipWeights } from '../clip/weights.ts';
import { detach } from '../custom-op.ts';
import { oneHotRows } from '../one-hot.ts';
import { gradientWeights, type TowerEnd } from './gradient-weights.ts';

/** Subtracted from a hidden position's score: its softmax weight is exactly 0 in float32. */
const HIDDEN = 1e9;

/** The texts of chosen classes, one row an image. */
export type ChosenTexts = {
  features: tf.Tensor2D;
  last: LastRow;
  /** Keys and values of positions 1..length-1, [B, L - 1, D]. */
  keys: tf.Tensor3D;
  values: tf.Tensor3D;
  /** 1 at positions 1..EOT-1, 0 elsewhere, [B, L - 1]. */
  mask: tf.Tensor2D;
};

export type MapOptions = {
  /** What S is multiplied by: 1 for the cosine of eq. 1, the logit scale for the logit (A12). */
  scoreScale: number;
  detachWeights: boolean;
  /** lambda_i: cosine (eq. 6; the default), or the softmax of eq. 5. */
  forwardWeights?: LossOptions['forwardWeights'];
  /** A head at a time: A_i = sum_h lambda_i^h sum_{c in h} w_c v_ic (A20). Default: the full width. */
  separateHeads?: boolean;
  /** Without the backward weights w a map is the forward weights alone. */
  withoutGradients?: boolean;
};

/** Eq. 8 as the paper has it: what is shown and measured, whatever a run was trained with. */
export const PAPER_MAPS: MapOptions = { scoreScale: 1, detachWeights: false };

/** The maps that a run's loss options ask for. */
export function mapOptionsOf(options: LossOptions, clip: ClipWeights): MapOptions {
  return {
    scoreScale: options.score === 'logit' ? clip.logitScale : 1,
    detachWeights: options.detachWeights,
    forwardWeights: options.forwardWeights,
    separateHeads: options.heads === 'separate',
    withoutGradients: !options.gradientWeights,
  };
}

/**
 * Gathers the text of each image's class from features that are computed once for all classes, so
 * that images of one class do not mix their gradients (methods 3.9).
 *
 * @param labels class of each image
 */
export function chooseTexts(text: TextEncoding, layout: TextLayout, labels: number[]): ChosenTexts {
  const count = layout.ends.length;
  const choice = oneHotRows(labels, count);
  // A product with a one-hot matrix picks rows exactly, and its gradient is one product too.
  const pick = <T extends tf.Tensor>(x: T) =>
    tf.reshape(tf.matMul(choice, tf.reshape(x, [count, -1])), [
      labels.length,
      ...x.shape.slice(1),
    ]) as T;
  const joined = (shared: tf.Tensor3D, own: tf.Tensor3D) => {
    const before = tf.slice(shared, [0, 1, 0], [1, layout.sharedLength - 1, -1]);
    const repeated = tf.add(tf.zeros([labels.length, ...before.shape.slice(1)]), before);
    return tf.concat([repeated as tf.Tensor3D, pick(own)], 1);
  };
  const ends = labels.map((label) => layout.ends[label] as number);
  const positions = layout.length - 1;
  const mask = Float32Array.from({ length: labels.length * positions }, (_, i) =>
    1 + (i % positions) < (ends[Math.floor(i / positions)] as number) ? 1 : 0,
  );
  return {
    features: pick(text.features),
    last: {
      input: pick(text.last.input),
      query: pick(text.last.query),
      output: pick(text.last.output),
      result: pick(text.last.result),
    },
    keys: joined(text.sharedKeys, text.keys),
    values: joined(text.sharedValues, text.values),
    mask: tf.tensor2d(mask, [labels.length, positions]),
  };
}

function towerEnd(tower: ClipWeights['image'] | ClipWeights['text']): TowerEnd {
  const block = tower.blocks[tower.blocks.length - 1];
  if (!block) throw new Error('a tower has at least one block');
  return { block, projection: tower.projection };
}

/** What a map is made of: a row's query and backward weights, and every position's key and value. */
type MapParts = {
  /** [B, D]. */
  query: tf.Tensor2D;
  /** w [B, D]; null leaves the backward side out. */
  weights: tf.Tensor2D | null;
  /** [B, N, D]. */
  keys: tf.Tensor3D;
  values: tf.Tensor3D;
  /** 1 at positions of the map, 0 elsewhere [B, N]; null: all of them. */
  mask: tf.Tensor2D | null;
};

/** A_i = sum over heads of lambda_i * sum_c w_c v_ic (eq. 6 and 8; one head: the full width) -> [B, N]. */
function bidirectional(parts: MapParts, heads: number, form: MapOptions['forwardWeights']) {
  const split = <T extends tf.Tensor>(x: T) =>
    tf.reshape(x, [...x.shape.slice(0, -1), heads, (x.shape.at(-1) as number) / heads]);
  const query = tf.expandDims(split(parts.query), 1);
  const keys = split(parts.keys);
  const forward =
    form === 'softmax' ? softmaxWeights(query, keys, parts.mask) : cosine(query, keys);
  if (!parts.weights) return tf.mean(forward, -1) as tf.Tensor2D;
  const weighted = tf.mul(tf.expandDims(split(parts.weights), 1), split(parts.values));
  return tf.sum(tf.mul(forward, tf.sum(weighted, -1)), -1) as tf.Tensor2D;
}

/** softmax_i(q k_i / sqrt(d)) over a map's positions (eq. 5): [B, 1, H, d], [B, N, H, d] -> [B, N, H]. */
function softmaxWeights(query: tf.Tensor, keys: tf.Tensor, mask: tf.Tensor2D | null): tf.Tensor {
  const width = keys.shape.at(-1) as number;
  const scores = tf.div(tf.sum(tf.mul(query, keys), -1), Math.sqrt(width));
  const shown = mask ? tf.sub(scores, tf.expandDims(tf.mul(tf.sub(1, mask), HIDDEN), -1)) : scores;
  return tf.transpose(tf.softmax(tf.transpose(shown, [0, 2, 1])), [0, 2, 1]);
}

/** Visual map A_v over the patches (eq. 8), signed, [B, M]. */
export function imageMap(
  clip: ClipWeights,
  image: ImageEncoding,
  texts: ChosenTexts,
  options: MapOptions,
): tf.Tensor2D {
  const weights = backwardWeights(options, () =>
    gradientWeights(towerEnd(clip.image), image.last, image.features, texts.features),
  );
  const { keys, values } = image;
  const parts = { query: image.last.query, weights, keys, values, mask: null };
  const heads = options.separateHeads ? clip.shape.imageHeads : 1;
  return bidirectional(parts, heads, options.forwardWeights);
}

/** Textual map A_t over the positions 1..EOT-1 (0 elsewhere), signed, [B, L - 1]. */
export function textMap(
  clip: ClipWeights,
  image: ImageEncoding,
  texts: ChosenTexts,
  options: MapOptions,
): tf.Tensor2D {
  const weights = backwardWeights(options, () =>
    gradientWeights(towerEnd(clip.text), texts.last, texts.features, image.features),
  );
  const { keys, values, mask } = texts;
  const parts = { query: texts.last.query, weights, keys, values, mask };
  const heads = options.separateHeads ? clip.shape.textHeads : 1;
  return tf.mul(bidirectional(parts, heads, options.forwardWeights), mask);
}

function backwardWeights(
  { scoreScale, detachWeights, withoutGradients }: MapOptions,
  exact: () => tf.Tensor2D,
): tf.Tensor2D | null {
  if (withoutGradients) return null;
  const weights = exact();
  const free = detachWeights ? detach(weights) : weights;
  return scoreScale === 1 ? free : tf.mul(free, scoreScale);
}
