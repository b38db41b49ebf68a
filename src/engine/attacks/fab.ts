import * as tf from '@tensorflow/tfjs-core';
import type { MersenneTwister } from '../../shared/mersenne-twister.ts';
import { normal, uniform } from '../random.ts';
import { type Norm, normOf } from './box-projection.ts';
import { type FabImage, walk } from './fab-walk.ts';
import type { AttackProblem, AttackSteps } from './problem.ts';
import { queryImages, readRow } from './query-images.ts';

export type FabSettings = {
  norm: Norm;
  epsilon: number;
  /** Steps of each run; a step is two queries, one of them with a gradient. */
  steps: number;
  /** Wrong classes that are tried, the likeliest first. */
  targetClasses: number;
  restarts: number;
};

/**
 * The targeted fast adaptive boundary attack (Croce and Hein 2020, "Minimally distorted adversarial
 * examples with a fast adaptive boundary attack"; FAB-T as AutoAttack runs it): for one wrong class
 * after another it walks along the boundary of (target - true), linearised where the image stands,
 * and looks for the point of it that is nearest to the clean image. An image that a run has fooled
 * within epsilon leaves; the others go on to the next restart, then to the next class.
 *
 * Pixels are worked on outside the tensor library, in their own layout: a projection is a few passes
 * over an image, and no tensor lives from one yield to the next.
 *
 * @returns the smallest perturbation [B, M, 3 P P] of the run that fooled the image within epsilon;
 *   zero for an image that no run fooled so, or that was wrong already. The caller disposes.
 * @throws FaptError `logits-not-finite`
 */
export function* fab(problem: AttackProblem, settings: FabSettings): AttackSteps<tf.Tensor3D> {
  const { pixels, labels, classes } = problem;
  const { steps, restarts, norm, epsilon } = settings;
  const targets = Math.min(settings.targetClasses, classes - 1);
  const queries = 1 + targets * restarts * steps * 2;
  const size = pixels.size / labels.length;
  const result = new Float32Array(pixels.size);
  if (queries > 1) {
    let standing = correctImages(problem);
    let done = 1;
    yield done / queries;
    for (let run = 0; run < targets * restarts && standing.length > 0; run += 1) {
      const [target, restart] = [Math.floor(run / restarts), run % restarts];
      for (const image of standing) {
        image.distance = Number.POSITIVE_INFINITY;
        if (restart === 0) image.delta.fill(0);
        else randomStart(image, settings, problem.random(image.row, 'fab', target, restart));
      }
      for (const _ of walk(problem, standing, target, norm, steps)) {
        done += 1;
        yield done / queries;
      }
      standing = standing.filter(({ row, best, distance }) => {
        if (distance > epsilon) return true;
        result.set(best, row * size);
        return false;
      });
    }
  }
  return tf.tensor3d(result, pixels.shape);
}

/** The images that the model gets right, with their wrong classes in order: one query. */
function correctImages(problem: AttackProblem): FabImage[] {
  const { pixels, labels } = problem;
  const clean = pixels.dataSync() as Float32Array;
  const size = pixels.size / labels.length;
  const logits = queryImages(problem, [...labels.keys()]);
  return labels.flatMap((label, row) => {
    const own = logits[row] as Float32Array;
    if (readRow(own, label).fooled) return [];
    const wrong = [...own.keys()]
      .filter((k) => k !== label)
      .sort((a, b) => (own[b] as number) - (own[a] as number));
    const image: FabImage = {
      row,
      label,
      wrong,
      clean: clean.subarray(row * size, (row + 1) * size),
      delta: new Float32Array(size),
      best: new Float32Array(size),
      distance: Number.POSITIVE_INFINITY,
    };
    return [image];
  });
}

/** A point in the box on the sphere of half of epsilon: the start of every restart but the first. */
function randomStart(
  { clean, delta }: FabImage,
  { norm, epsilon }: FabSettings,
  random: MersenneTwister,
): void {
  const draw =
    norm === 'linf' ? uniform(random, clean.length, -1, 1) : normal(random, clean.length, 1);
  const scale = epsilon / 2 / normOf(norm, draw);
  for (let i = 0; i < delta.length; i += 1) {
    const x = clean[i] as number;
    delta[i] = Math.min(Math.max((draw[i] as number) * scale, -x), 1 - x);
  }
}
