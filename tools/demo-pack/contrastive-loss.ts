import * as tf from '@tensorflow/tfjs-core';
import { encodeImage, toPatches } from '../../src/engine/clip/image-tower.ts';
import { layOutText } from '../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../src/engine/clip/text-tower.ts';
import type { ClipWeights } from '../../src/engine/clip/weights.ts';
import { permutation } from '../../src/engine/random.ts';
import type { MersenneTwister } from '../../src/shared/mersenne-twister.ts';

/** Weights of the two towers and log(scale), all trainable. */
export type TrainedWeights = ClipWeights & { logScale: tf.Tensor };

const unit = (x: tf.Tensor) => tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), -1, true)));

/**
 * Symmetric cross-entropy over all pairs of the batch (Radford et al. 2021, figure 3).
 *
 * @param pixels [B, 3, S, S] in [0, 1]
 * @param kept share of the patches the image tower sees, the same for the whole batch
 */
export function contrastiveLoss(
  weights: TrainedWeights,
  pixels: tf.Tensor4D,
  captions: number[][],
  endId: number,
  kept: number,
  random: MersenneTwister,
): tf.Scalar {
  const patches = toPatches(pixels, weights.shape.patchSize);
  const count = patches.shape[1];
  const seen = permutation(random, count).slice(0, Math.round(kept * count));
  const index = tf.tensor1d(seen, 'int32');
  const places = tf.tensor1d([0, ...seen.map((i) => i + 1)], 'int32');
  const partial: ClipWeights = {
    ...weights,
    image: { ...weights.image, positions: tf.gather(weights.image.positions, places) },
  };
  const images = encodeImage(partial, tf.gather(patches, index, 1), null).features;
  const texts = encodeText(weights, layOutText(captions, endId, 0), null).features;
  const cosines = tf.matMul(unit(images), unit(texts) as tf.Tensor2D, false, true);
  const logits = tf.mul(cosines, tf.exp(weights.logScale));
  const diagonal = tf.eye(captions.length);
  const loss = (x: tf.Tensor) => tf.neg(tf.mean(tf.sum(tf.mul(diagonal, tf.logSoftmax(x)), 1)));
  return tf.div(tf.add(loss(logits), loss(tf.transpose(logits))), 2);
}
