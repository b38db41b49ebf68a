import * as tf from '@tensorflow/tfjs-core';
import type { TunedModel } from '../../shared/engine-contract.ts';
import { imageLogits } from '../training/prompted-clip.ts';
import { openClassifier } from './open-classifier.ts';
import { requireFinite } from './require-finite.ts';

const BATCH = 25;

/**
 * Class probabilities of images that need not belong to a dataset: softmax of the logits over the
 * task's classes.
 *
 * @throws FaptError `image-unreadable`
 */
export async function predict(job: {
  tuned: TunedModel;
  paths: string[];
}): Promise<{ path: string; probabilities: number[] }[]> {
  const { model, textFeatures, loader, close } = await openClassifier(job.tuned);
  const results: { path: string; probabilities: number[] }[] = [];
  try {
    for (let begin = 0; begin < job.paths.length; begin += BATCH) {
      const paths = job.paths.slice(begin, begin + BATCH);
      const patches = await loader.patches(paths.map((path) => ({ path })));
      const shares = tf.tidy(() => tf.softmax(imageLogits(model, patches, textFeatures)));
      const rows = shares.arraySync() as number[][];
      tf.dispose([patches, shares]);
      for (const row of rows) requireFinite(row);
      results.push(...paths.map((path, i) => ({ path, probabilities: rows[i] as number[] })));
    }
    return results;
  } finally {
    close();
  }
}
