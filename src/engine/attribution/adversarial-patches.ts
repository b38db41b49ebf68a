import * as tf from '@tensorflow/tfjs-core';
import type { StabilityJob } from '../../shared/engine-contract.ts';
import { attackImages, type Classifier } from '../evaluation/attack-images.ts';
import { readPerturbation } from '../evaluation/keep-perturbation.ts';
import type { ImageLoader } from '../images/image-loader.ts';

/** What is attacked, and how. */
type AttackedJob = Pick<StabilityJob, 'attack' | 'tuned'>;
type Measured = StabilityJob['examples'];

/**
 * The adversarial images of a batch [B, M, 3 P P], which the caller disposes: from their kept
 * perturbations, and for those that have none from the evaluation's attack, made again on them
 * together (its draws are keyed by example, so it is the same). Yields the attack's share that is done.
 *
 * @throws FaptError where a kept perturbation cannot be read
 */
export async function* adversarialPatches(
  job: AttackedJob,
  batch: Measured,
  classifier: Classifier,
  patches: tf.Tensor3D,
  loader: ImageLoader,
): AsyncGenerator<number, tf.Tensor3D> {
  const { imageSize } = classifier.model.clip.shape;
  const perturbations = new Map<number, tf.Tensor3D>();
  try {
    for (const [row, { perturbation }] of batch.entries()) {
      if (perturbation === null) continue;
      const values = await readPerturbation(perturbation, imageSize);
      perturbations.set(row, loader.toPatches(values, 1));
    }
    const without = [...batch.keys()].filter((row) => !perturbations.has(row));
    if (without.length > 0) {
      const made = yield* attackAgain(job, batch, without, classifier, patches);
      for (const [i, row] of without.entries()) perturbations.set(row, made[i] as tf.Tensor3D);
    }
    const inOrder = batch.map((_, row) => perturbations.get(row) as tf.Tensor3D);
    return tf.tidy(() => tf.add(patches, tf.concat(inOrder)) as tf.Tensor3D);
  } finally {
    tf.dispose([...perturbations.values()]);
  }
}

/** The perturbations of these rows, one tensor a row. */
async function* attackAgain(
  { attack, tuned: { config } }: AttackedJob,
  batch: Measured,
  rows: number[],
  classifier: Classifier,
  patches: tf.Tensor3D,
): AsyncGenerator<number, tf.Tensor3D[]> {
  const own = tf.tidy(() =>
    tf.concat(rows.map((row) => tf.slice(patches, [row, 0, 0], [1, -1, -1]))),
  ) as tf.Tensor3D;
  const examples = rows.map((row) => (batch[row] as Measured[number]).example);
  let made: tf.Tensor3D[] = [];
  try {
    const subject = { ...classifier, patches: own, examples };
    for await (const { share, result } of attackImages(subject, attack, config.seed)) {
      if (result) {
        made = tf.split(result.perturbation, rows.length);
        result.perturbation.dispose();
      } else yield share;
    }
    return made;
  } finally {
    own.dispose();
  }
}
