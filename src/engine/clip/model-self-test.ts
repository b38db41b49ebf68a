import * as tf from '@tensorflow/tfjs-core';
import { FaptError } from '../../shared/errors.ts';
import type { SelfTest } from '../../shared/model-weights.ts';
import { stream, uniform } from '../random.ts';
import { encodeImage, toPatches } from './image-tower.ts';
import type { OpenModel } from './open-model.ts';
import { logitsOf } from './similarity.ts';
import { layOutText } from './text-layout.ts';
import { encodeText } from './text-tower.ts';

const IMAGES = 2;

/**
 * Logits of two made-up images and three made-up texts, computed twice: before a model is used for the
 * first time, they must be numbers, the same both times, and tell the images apart.
 *
 * @throws FaptError `self-test-failed`
 */
export function selfTest(model: OpenModel, label: string): SelfTest {
  const first = logits(model);
  const second = logits(model);
  const failure = failureOf(first, second);
  if (failure !== null) {
    throw new FaptError(
      'self-test-failed',
      `${label} fails the test before its first use: ${failure}; fetch the weights again.`,
    );
  }
  return { logits: [...first] };
}

/** Why a model cannot be used, from its logits [2 images, 3 texts] of two passes. */
export function failureOf(first: Float32Array, second: Float32Array): string | null {
  if (!first.every(Number.isFinite)) return 'its logits are not finite numbers';
  if (first.some((value, i) => !Object.is(value, second[i]))) {
    return 'the same input gives other logits the second time';
  }
  const texts = first.length / IMAGES;
  const isSame = first.subarray(0, texts).every((value, i) => value === first[texts + i]);
  return isSame ? 'two different images give the same logits' : null;
}

function logits({ weights, tokenizer }: OpenModel): Float32Array {
  const { imageSize, patchSize, vocabularySize, contextLength } = weights.shape;
  const pixels = uniform(stream(1, 'model-self-test'), IMAGES * 3 * imageSize ** 2, 0, 1);
  // Words of one token each, whatever the vocabulary: the lowest ids that are no mark.
  const words = [0, 1, 2, 3, 4, 5].map((id) => id % vocabularySize);
  const rows = [words.slice(0, 1), words.slice(1, 3), words.slice(3, 6)].map((ids) => [
    tokenizer.startId,
    ...ids.slice(0, Math.max(0, contextLength - 2)),
    tokenizer.endId,
  ]);
  const result = tf.tidy(() => {
    const images = tf.tensor4d(pixels, [IMAGES, 3, imageSize, imageSize]);
    const image = encodeImage(weights, toPatches(images, patchSize), null).features;
    const text = encodeText(weights, layOutText(rows, tokenizer.endId, 0), null).features;
    return logitsOf(image, text, weights.logitScale);
  });
  const values = result.dataSync() as Float32Array;
  result.dispose();
  return values;
}
