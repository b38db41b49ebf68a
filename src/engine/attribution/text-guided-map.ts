import * as tf from '@tensorflow/tfjs-core';
import { type ImageEncoding, tokenFeatures } from '../clip/image-tower.ts';
import type { ClipWeights } from '../clip/weights.ts';

/** Keeps a flat map 0 instead of undefined; far below the rounding of any other. */
const TINY = 1e-20;

/**
 * Text-guided attention map of TGA-ZSR (Yu et al. 2024; methods 3.8): every token through the last
 * block, norm and projection, each channel divided by its length along the CLS and patch tokens, the
 * patches' products with the text, spread from 0 to 1 an image, enlarged to the image bilinearly.
 *
 * @param texts unit features of each image's class [B, E]
 * @returns [B, S * S], row-major
 */
export function textGuidedMap(
  clip: ClipWeights,
  image: ImageEncoding,
  texts: tf.Tensor2D,
): tf.Tensor2D {
  const features = tokenFeatures(clip, image);
  const [batch, tokens, width] = features.shape;
  const length = tf.sqrt(tf.add(tf.sum(tf.square(features), 1, true), TINY));
  const patches = tf.slice(tf.div(features, length), [0, 1, 0], [-1, tokens - 1, width]);
  const scores = tf.squeeze(tf.matMul(patches, tf.expandDims(texts, 2)), [2]);
  const low = tf.min(scores, 1, true);
  const range = tf.add(tf.sub(tf.max(scores, 1, true), low), TINY);
  const spread = tf.div(tf.sub(scores, low), range);
  const grid = Math.round(Math.sqrt(tokens - 1));
  const enlarge = bilinear(grid, clip.shape.imageSize);
  const square = tf.reshape(spread, [batch, grid, grid]);
  const rows = tf.matMul(repeat(enlarge, batch), square);
  const whole = tf.matMul(rows, repeat(enlarge, batch), false, true);
  return tf.reshape(whole, [batch, clip.shape.imageSize ** 2]);
}

function repeat(matrix: tf.Tensor2D, batch: number): tf.Tensor3D {
  return tf.tile(tf.expandDims(matrix, 0), [batch, 1, 1]);
}

/** Weights [size, grid] of bilinear enlargement between pixel centres, edges held. */
function bilinear(grid: number, size: number): tf.Tensor2D {
  const values = new Float32Array(size * grid);
  for (let row = 0; row < size; row += 1) {
    const place = Math.min(Math.max(((row + 0.5) * grid) / size - 0.5, 0), grid - 1);
    const before = Math.floor(place);
    const after = Math.min(before + 1, grid - 1);
    values[row * grid + before] = (values[row * grid + before] as number) + 1 - (place - before);
    values[row * grid + after] = (values[row * grid + after] as number) + (place - before);
  }
  return tf.tensor2d(values, [size, grid]);
}
