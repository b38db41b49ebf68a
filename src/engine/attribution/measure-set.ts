import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { StabilityEvent, StabilityJob, StabilityRow } from '../../shared/engine-contract.ts';
import { attackImages } from '../evaluation/attack-images.ts';
import { readPerturbation } from '../evaluation/keep-perturbation.ts';
import { requireFinite } from '../evaluation/require-finite.ts';
import { ImageLoader } from '../images/image-loader.ts';
import { allTextFeatures, imageEncoding, imageLogits } from '../training/prompted-clip.ts';
import { givenText } from '../training/text-sources.ts';
import {
  closeTuned,
  openTuned,
  requireKnownLabels,
  type TunedClip,
} from '../training/tuned-clip.ts';
import { type CurveAreas, curveAreas } from './curves.ts';
import { spearman, topOverlap } from './map-numbers.ts';
import { imageMap, PAPER_MAPS, textMap } from './maps.ts';
import { mapDistance, tokenKl } from './stability.ts';

/**
 * How far the maps of the true class move under attack, image by image, and how well they point at
 * what decides (insertion and deletion). The maps are those of eq. 8 whatever a run was trained with,
 * so that runs can be compared.
 *
 * @param signal raised to stop after the batch at hand
 * @throws FaptError for weights, images or kept perturbations that cannot be read
 */
export async function* measureSet(
  job: StabilityJob,
  signal: AbortSignal,
): AsyncGenerator<StabilityEvent> {
  const examples = job.examples.map(({ example }) => example);
  requireKnownLabels(examples, job.tuned.task);
  const tuned = await openTuned(job.tuned);
  const textFeatures = allTextFeatures(tuned);
  const { imageSize, patchSize } = tuned.clip.shape;
  const loader = new ImageLoader(imageSize, patchSize, 'crop');
  const total = examples.length;
  try {
    for (let begin = 0; begin < total && !signal.aborted; begin += job.batchSize) {
      const batch = job.examples.slice(begin, begin + job.batchSize);
      const patches = await loader.patches(batch.map(({ example }) => example));
      const attacked = await attackedPatches(job, batch, tuned, textFeatures, patches, loader);
      try {
        const rows = measureBatch(job, batch, tuned, textFeatures, patches, attacked);
        yield { type: 'rows', rows, done: begin + batch.length, total };
      } finally {
        tf.dispose([patches, attacked]);
      }
      await setImmediate();
    }
    yield { type: 'end', status: signal.aborted ? 'stopped' : 'finished' };
  } finally {
    textFeatures.dispose();
    closeTuned(tuned);
  }
}

type Measured = StabilityJob['examples'];

/** The adversarial images: from their kept perturbations, or from the attack made again. */
async function attackedPatches(
  { attack, tuned: { config } }: StabilityJob,
  batch: Measured,
  tuned: TunedClip,
  textFeatures: tf.Tensor2D,
  patches: tf.Tensor3D,
  loader: ImageLoader,
): Promise<tf.Tensor3D> {
  const { imageSize } = tuned.clip.shape;
  const rows: tf.Tensor3D[] = [];
  for (const [index, { example, perturbation }] of batch.entries()) {
    if (perturbation) {
      rows.push(loader.toPatches(await readPerturbation(perturbation, imageSize), 1));
      continue;
    }
    const own = tf.slice(patches, [index, 0, 0], [1, -1, -1]) as tf.Tensor3D;
    const subject = { model: tuned, textFeatures, patches: own, examples: [example] };
    for await (const { result } of attackImages(subject, attack, config.seed)) {
      if (result) rows.push(result.perturbation);
    }
    own.dispose();
  }
  const attacked = tf.tidy(() => tf.add(patches, tf.concat(rows)) as tf.Tensor3D);
  tf.dispose(rows);
  return attacked;
}

function measureBatch(
  { curves }: StabilityJob,
  batch: Measured,
  tuned: TunedClip,
  textFeatures: tf.Tensor2D,
  clean: tf.Tensor3D,
  adversarial: tf.Tensor3D,
): StabilityRow[] {
  const labels = batch.map(({ example }) => example.label);
  const maps = mapsOf(tuned, textFeatures, labels, clean, adversarial);
  const areas = (patches: tf.Tensor3D, which: number[][]) =>
    curves
      ? curveAreas(patches, which, (mixed) => probabilities(tuned, textFeatures, labels, mixed))
      : [];
  const cleanAreas: CurveAreas[] = areas(clean, maps.image.clean);
  const adversarialAreas: CurveAreas[] = areas(adversarial, maps.image.adversarial);
  return batch.map(({ example }, row) => {
    const image = [maps.image.clean[row], maps.image.adversarial[row]] as [number[], number[]];
    const inner = (tuned.layout.ends[example.label] as number) - 1;
    const text = [maps.text.clean[row], maps.text.adversarial[row]].map((map) =>
      map?.slice(0, inner),
    ) as [number[], number[]];
    return {
      id: example.id,
      target: example.label,
      imageL2: maps.imageL2[row] as number,
      imageKl: maps.imageKl[row] as number,
      imageSpearman: spearman(...image),
      imageTopIou: topOverlap(...image),
      textKl: maps.textKl[row] as number,
      textSpearman: spearman(...text),
      insertionClean: cleanAreas[row]?.insertion ?? null,
      insertionAdversarial: adversarialAreas[row]?.insertion ?? null,
      deletionClean: cleanAreas[row]?.deletion ?? null,
      deletionAdversarial: adversarialAreas[row]?.deletion ?? null,
    };
  });
}

/** Both maps of each image, clean and attacked, and their distances. */
function mapsOf(
  tuned: TunedClip,
  textFeatures: tf.Tensor2D,
  labels: number[],
  clean: tf.Tensor3D,
  adversarial: tf.Tensor3D,
) {
  const tensors = tf.tidy(() => {
    const { texts } = givenText(tuned, labels, textFeatures);
    const view = (patches: tf.Tensor3D) => {
      const encoding = imageEncoding(tuned, patches);
      return {
        image: imageMap(tuned.clip, encoding, texts(), PAPER_MAPS),
        text: textMap(tuned.clip, encoding, texts(), PAPER_MAPS),
      };
    };
    const [before, after] = [view(clean), view(adversarial)];
    return {
      before,
      after,
      imageL2: mapDistance(before.image, after.image),
      imageKl: tokenKl(before.image, after.image, tf.onesLike(before.image), 'softmax'),
      textKl: tokenKl(before.text, after.text, texts().mask, 'softmax'),
    };
  });
  const rows = (map: tf.Tensor2D) => map.arraySync();
  const numbers = {
    image: { clean: rows(tensors.before.image), adversarial: rows(tensors.after.image) },
    text: { clean: rows(tensors.before.text), adversarial: rows(tensors.after.text) },
    imageL2: tensors.imageL2.arraySync(),
    imageKl: tensors.imageKl.arraySync(),
    textKl: tensors.textKl.arraySync(),
  };
  tf.dispose(tensors as unknown as tf.TensorContainer);
  requireFinite([...numbers.imageL2, ...numbers.imageKl, ...numbers.textKl]);
  return numbers;
}

/** Each image's probability of its own class. */
function probabilities(
  tuned: TunedClip,
  textFeatures: tf.Tensor2D,
  labels: number[],
  patches: tf.Tensor3D,
): number[] {
  const shares = tf.tidy(() => tf.softmax(imageLogits(tuned, patches, textFeatures)));
  const rows = shares.arraySync();
  shares.dispose();
  return labels.map((label, row) => rows[row]?.[label] as number);
}
