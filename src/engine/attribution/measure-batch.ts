import * as tf from '@tensorflow/tfjs-core';
import type { Example, StabilityJob, StabilityRow } from '../../shared/engine-contract.ts';
import type { Classifier } from '../evaluation/attack-images.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import type { ImageLoader } from '../images/image-loader.ts';
import { imageLogits } from '../training/prompted-clip.ts';
import { adversarialPatches } from './adversarial-patches.ts';
import { type CurveAreas, curveAreas } from './curves.ts';
import { mapDrift, type Pair } from './map-drift.ts';

/**
 * The numbers of one batch, one row an image: maps of all images in one pass, then their curves.
 * Yields the share of the batch that is done.
 *
 * @throws FaptError for images or kept perturbations that cannot be read, `logits-not-finite`
 */
export async function* measureBatch(
  job: StabilityJob,
  batch: StabilityJob['examples'],
  classifier: Classifier,
  loader: ImageLoader,
): AsyncGenerator<number, StabilityRow[]> {
  const examples = batch.map(({ example }) => example);
  const labels = examples.map(({ label }) => label);
  const attacks = batch.some(({ perturbation }) => perturbation === null) ? 1 : 0;
  const parts = attacks + (job.curves ? 2 : 0);
  const clean = await loader.patches(examples);
  let adversarial: tf.Tensor3D | null = null;
  try {
    adversarial = yield* scaled(
      adversarialPatches(job, batch, classifier, clean, loader),
      (share) => share / parts,
    );
    const { maps, numbers } = mapDrift(classifier, labels, clean, adversarial);
    const areas: Pair<CurveAreas[]> = { clean: [], adversarial: [] };
    if (job.curves) {
      const score = (patches: tf.Tensor3D) => probabilities(classifier, labels, patches);
      const sides = { clean, adversarial };
      for (const [index, side] of (['clean', 'adversarial'] as const).entries()) {
        areas[side] = yield* scaled(
          curveAreas(sides[side], maps[side], score),
          (share) => (attacks + index + share) / parts,
        );
      }
    }
    return numbers.map((drift, row) => ({
      id: (examples[row] as Example).id,
      target: labels[row] as number,
      ...drift,
      insertionClean: areas.clean[row]?.insertion ?? null,
      insertionAdversarial: areas.adversarial[row]?.insertion ?? null,
      deletionClean: areas.clean[row]?.deletion ?? null,
      deletionAdversarial: areas.adversarial[row]?.deletion ?? null,
    }));
  } finally {
    tf.dispose([clean, adversarial as tf.Tensor3D]);
  }
}

/** What `part` yields, as a share of the whole. */
async function* scaled<T>(
  part: Generator<number, T> | AsyncGenerator<number, T>,
  scale: (share: number) => number,
): AsyncGenerator<number, T> {
  try {
    for (;;) {
      const next = await part.next();
      if (next.done) return next.value;
      yield scale(next.value);
    }
  } finally {
    // Frees what a part that was left early still holds.
    await part.return(undefined as never);
  }
}

/** Each image's probability of its own class. */
function probabilities(
  { model, textFeatures }: Classifier,
  labels: number[],
  patches: tf.Tensor3D,
): number[] {
  const shares = tf.tidy(() => tf.softmax(imageLogits(model, patches, textFeatures)));
  const rows = shares.arraySync();
  shares.dispose();
  const own = labels.map((label, row) => rows[row]?.[label] as number);
  requireFinite(own);
  return own;
}
