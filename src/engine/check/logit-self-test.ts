import * as tf from '@tensorflow/tfjs-core';
import { encodeImage, toPatches } from '../clip/image-tower.ts';
import { randomClip } from '../clip/random-weights.ts';
import { logitsOf } from '../clip/similarity.ts';
import { layOutText } from '../clip/text-layout.ts';
import { encodeText } from '../clip/text-tower.ts';
import { type ClipShape, disposeWeights } from '../clip/weights.ts';
import { stream, uniform } from '../random.ts';

/** A CLIP small enough to run at every start. */
const SELF_TEST_SHAPE: ClipShape = {
  imageSize: 16,
  patchSize: 8,
  imageWidth: 32,
  imageHeads: 2,
  imageBlocks: 2,
  textWidth: 24,
  textHeads: 2,
  textBlocks: 2,
  vocabularySize: 20,
  contextLength: 8,
  embeddingWidth: 16,
};
const SELF_TEST_TOKENS = [
  [18, 1, 2, 3, 19],
  [18, 1, 4, 19, 0],
  [18, 5, 6, 7, 19],
];

/** Logits [2 images, 3 texts] of the same weights, pixels and tokens in PyTorch, float64. */
const RECORDED = [
  2.8680083719140863, 2.2980775479454665, -3.9950965348234213, 3.8395134929131474,
  2.9550820491085434, -3.5154426552573104,
];

function selfTestPixels(): Float32Array {
  return uniform(stream(1, 'self-test', 'pixels'), 2 * 3 * 16 * 16, 0, 1);
}

/** Largest distance of this backend's logits from the recorded ones. */
export function maxLogitError(): number {
  const weights = randomClip(SELF_TEST_SHAPE, 1);
  const error = tf.tidy(() => {
    const pixels = tf.tensor4d(selfTestPixels(), [2, 3, 16, 16]);
    const images = encodeImage(weights, toPatches(pixels, 8), null).features;
    const texts = encodeText(weights, layOutText(SELF_TEST_TOKENS, 19, 0), null).features;
    const difference = tf.sub(
      logitsOf(images, texts, weights.logitScale),
      tf.tensor(RECORDED, [2, 3]),
    );
    return tf.max(tf.abs(difference));
  });
  const value = error.dataSync()[0] as number;
  error.dispose();
  disposeWeights(weights);
  return value;
}
