import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type {
  AdversarialImage,
  AdversarialImagesEvent,
  AdversarialImagesJob,
} from '../../shared/engine-images.ts';
import { adversarialPatches } from '../attribution/adversarial-patches.ts';
import { fromPatches } from '../clip/image-tower.ts';
import { imageLogits } from '../training/prompted-clip.ts';
import { requireKnownLabels } from '../training/tuned-clip.ts';
import { type OpenClassifier, openClassifier } from './open-classifier.ts';

type Batch = AdversarialImagesJob['examples'];

/**
 * The adversarial images of an evaluation, from what it kept or from its attack made again, appended to
 * a file; and what the model makes of each, in float32 and rounded to 8 bits.
 *
 * @param signal raised to stop within a batch; finished batches have been written
 * @throws FaptError for weights, images or kept perturbations that cannot be read
 */
export async function* adversarialImages(
  job: AdversarialImagesJob,
  signal: AbortSignal,
): AsyncGenerator<AdversarialImagesEvent> {
  const { examples, batchSize } = job;
  const total = examples.length;
  requireKnownLabels(
    examples.map(({ example }) => example),
    job.tuned.task,
  );
  const classifier = await openClassifier(job.tuned);
  let file: FileHandle | null = null;
  try {
    file = await open(job.file, 'a');
    for (let begin = 0; begin < total; begin += batchSize) {
      const batch = examples.slice(begin, begin + batchSize);
      const making = makeBatch(job, batch, classifier, file);
      for (;;) {
        const next = signal.aborted ? null : await making.next();
        await setImmediate();
        if (next === null) {
          await making.return([]);
          yield { type: 'end', status: 'stopped' };
          return;
        }
        const done = begin + (next.done ? batch.length : next.value * batch.length);
        if (next.done) {
          yield { type: 'images', images: next.value, done, total };
          break;
        }
        yield { type: 'progress', done, total };
      }
    }
    yield { type: 'end', status: 'finished' };
  } finally {
    await file?.close();
    classifier.close();
  }
}

/** One batch; yields the share of its attack that is done, where that is made again. */
async function* makeBatch(
  job: AdversarialImagesJob,
  batch: Batch,
  classifier: OpenClassifier,
  file: FileHandle,
): AsyncGenerator<number, AdversarialImage[]> {
  const { loader, model } = classifier;
  const patches = await loader.patches(batch.map(({ example }) => example));
  let adversarial: tf.Tensor3D | null = null;
  try {
    adversarial = yield* adversarialPatches(job, batch, classifier, patches, loader);
    const values = pixelsOf(adversarial, model.clip.shape.patchSize);
    await file.write(new Uint8Array(values.buffer));
    const rounded = loader.toPatches(values.map(toEightBits), batch.length);
    const [clean, attacked, written] = [patches, adversarial, rounded].map((input) =>
      predictedOf(classifier, input),
    ) as [number[], number[], number[]];
    rounded.dispose();
    return batch.map(({ example: { id, label } }, row) => ({
      id,
      label,
      clean: clean[row] as number,
      adversarial: attacked[row] as number,
      rounded: written[row] as number,
    }));
  } finally {
    tf.dispose([patches, ...(adversarial ? [adversarial] : [])]);
  }
}

/** Float32 [B, 3, S, S], a copy of its own. */
function pixelsOf(patches: tf.Tensor3D, patchSize: number): Float32Array {
  const pixels = tf.tidy(() => fromPatches(patches, patchSize));
  const values = pixels.dataSync().slice() as Float32Array;
  pixels.dispose();
  return values;
}

/** The nearest of the 256 values that a PNG holds. */
function toEightBits(value: number): number {
  return Math.round(255 * Math.max(0, Math.min(1, value))) / 255;
}

function predictedOf({ model, textFeatures }: OpenClassifier, patches: tf.Tensor3D): number[] {
  const labels = tf.tidy(() => tf.argMax(imageLogits(model, patches, textFeatures), 1));
  const predicted = [...labels.dataSync()];
  labels.dispose();
  return predicted;
}
