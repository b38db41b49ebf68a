import * as tf from '@tensorflow/tfjs-core';
import type { ImageEncoding } from '../clip/image-tower.ts';
import { cosine } from '../clip/similarity.ts';
import type { TextLayout } from '../clip/text-layout.ts';
import type { TextEncoding } from '../clip/text-tower.ts';
import type { LastRow } from '../clip/tower-blocks.ts';
import type { ClipWeights } from '../clip/weights.ts';
import { detach } from '../custom-op.ts';
import { oneHotRows } from '../one-hot.ts';
import { gradientWeights, type TowerEnd } from './gradient-weights.ts';

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
};

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

/** A_i = cos(q, k_i) * sum_c w_c v_ic: eq. 6 and 8. q, w [B, D]; keys, values [B, N, D] -> [B, N]. */
function bidirectional(
  query: tf.Tensor2D,
  weights: tf.Tensor2D,
  keys: tf.Tensor3D,
  values: tf.Tensor3D,
): tf.Tensor2D {
  const forward = cosine(tf.expandDims(query, 1), keys);
  const backward = tf.sum(tf.mul(tf.expandDims(weights, 1), values), -1);
  return tf.mul(forward, backward) as tf.Tensor2D;
}

/** Visual map A_v over the patches (eq. 8), signed, [B, M]. */
export function imageMap(
  clip: ClipWeights,
  image: ImageEncoding,
  texts: ChosenTexts,
  options: MapOptions,
): tf.Tensor2D {
  const exact = gradientWeights(towerEnd(clip.image), image.last, image.features, texts.features);
  return bidirectional(image.last.query, scaled(exact, options), image.keys, image.values);
}

/** Textual map A_t over the positions 1..EOT-1 (0 elsewhere), signed, [B, L - 1]. */
export function textMap(
  clip: ClipWeights,
  image: ImageEncoding,
  texts: ChosenTexts,
  options: MapOptions,
): tf.Tensor2D {
  const exact = gradientWeights(towerEnd(clip.text), texts.last, texts.features, image.features);
  const map = bidirectional(texts.last.query, scaled(exact, options), texts.keys, texts.values);
  return tf.mul(map, texts.mask);
}

function scaled(weights: tf.Tensor2D, { scoreScale, detachWeights }: MapOptions): tf.Tensor2D {
  const free = detachWeights ? detach(weights) : weights;
  return scoreScale === 1 ? free : tf.mul(free, scoreScale);
}
