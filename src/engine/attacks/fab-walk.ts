import * as tf from '@tensorflow/tfjs-core';
import { boxProjection, type Norm, normOf, type Projection } from './box-projection.ts';
import type { AttackProblem } from './problem.ts';
import { cleanPixels, joinRows, queryImages, readRow, splitRows } from './query-images.ts';

/** The paper's alpha_max, eta and beta, as AutoAttack keeps them. */
const ALPHA_MAX = 0.1;
const OVERSHOOT = 1.05;
const BACKWARD = 0.9;
/** Below this a projection's length counts as this: alpha is no 0 / 0. */
const SHORTEST = 1e-8;

export type FabImage = {
  row: number;
  label: number;
  /** The wrong classes, the likeliest on the clean image first. */
  wrong: number[];
  clean: Float32Array;
  delta: Float32Array;
  /** The smallest perturbation of this run that fooled the model. */
  best: Float32Array;
  distance: number;
};

/** All steps of one run, towards every image's own `target`-th likeliest wrong class; yields after each query. */
export function* walk(
  problem: AttackProblem,
  images: FabImage[],
  target: number,
  norm: Norm,
  steps: number,
): Generator<void> {
  const length = images[0]?.clean.length ?? 0;
  const project = boxProjection(norm, length);
  const array = () => new Float32Array(length);
  const scratch = { point: array(), d: array(), dClean: array() };
  for (let step = 0; step < steps; step += 1) {
    const { differences, gradients } = linearise(problem, images, target);
    for (const [n, image] of images.entries()) {
      const gradient = gradients.subarray(n * length, (n + 1) * length);
      approach(image, differences[n] as number, gradient, project, scratch);
    }
    yield;
    const rows = images.map((image) => image.row);
    const logits = queryImages(problem, rows, (clean) => perturbed(clean, images));
    for (const [n, image] of images.entries()) {
      if (readRow(logits[n] as Float32Array, image.label).fooled) keepAndStepBack(image, norm);
    }
    yield;
  }
}

/** The pixels that the model is shown. */
function perturbed(clean: tf.Tensor3D, images: FabImage[]): tf.Tensor3D {
  return tf.add(clean, tf.tensor3d(joinRows(images.map(({ delta }) => delta)), clean.shape));
}

/** Each image's (target - true) logit and its gradient by the pixels: one query with its backward pass. */
function linearise(
  problem: AttackProblem,
  images: FabImage[],
  target: number,
): { differences: number[]; gradients: Float32Array } {
  const { classes } = problem;
  const signs = new Float32Array(images.length * classes);
  for (const [n, { label, wrong }] of images.entries()) {
    signs[n * classes + label] = -1;
    signs[n * classes + (wrong[target] as number)] = 1;
  }
  let values: Float32Array = new Float32Array();
  const gradient = tf.tidy(() => {
    const rows = images.map((image) => image.row);
    const weights = tf.tensor2d(signs, [images.length, classes]);
    return tf.grad((pixels) => {
      const logits = problem.logits(pixels as tf.Tensor3D);
      values = logits.dataSync() as Float32Array;
      // Summed, so that no image's gradient depends on the batch.
      return tf.sum(tf.mul(logits, weights));
    })(perturbed(cleanPixels(problem, rows), images));
  });
  const gradients = gradient.dataSync() as Float32Array;
  gradient.dispose();
  const logitRows = splitRows(values, classes);
  const differences = images.map(({ label, wrong }, n) => {
    const logits = logitRows[n] as Float32Array;
    return (logits[wrong[target] as number] as number) - (logits[label] as number);
  });
  return { differences, gradients };
}

/**
 * One step: the present and the clean point are projected on the linearised boundary, each
 * move is lengthened by the overshoot, and alpha, larger the nearer the boundary, mixes the two.
 */
function approach(
  { clean, delta }: FabImage,
  difference: number,
  gradient: Float32Array,
  project: Projection,
  { point, d, dClean }: { point: Float32Array; d: Float32Array; dClean: Float32Array },
): void {
  let climbed = 0;
  for (let i = 0; i < delta.length; i += 1) {
    point[i] = (clean[i] as number) + (delta[i] as number);
    climbed += (gradient[i] as number) * (delta[i] as number);
  }
  const near = project(point, gradient, difference, d);
  const far = project(clean, gradient, difference - climbed, dClean);
  const nearest = Math.max(near, SHORTEST);
  const alpha = Math.min(nearest / (nearest + Math.max(far, SHORTEST)), ALPHA_MAX);
  for (let i = 0; i < delta.length; i += 1) {
    const x = clean[i] as number;
    const along = (point[i] as number) + OVERSHOOT * (d[i] as number);
    const fresh = x + OVERSHOOT * (dClean[i] as number);
    const moved = (1 - alpha) * along + alpha * fresh;
    delta[i] = Math.min(Math.max(moved, 0), 1) - x;
  }
}

/** A fooled image: its perturbation is kept if it is the smallest, and the walk goes on nearer to the clean point. */
function keepAndStepBack(image: FabImage, norm: Norm): void {
  const { delta, best } = image;
  const distance = normOf(norm, delta);
  if (distance < image.distance) {
    image.distance = distance;
    best.set(delta);
  }
  for (let i = 0; i < delta.length; i += 1) delta[i] = BACKWARD * (delta[i] as number);
}
