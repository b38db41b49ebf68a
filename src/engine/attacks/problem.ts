import * as tf from '@tensorflow/tfjs-core';
import type { MersenneTwister } from '../../shared/mersenne-twister.ts';

/**
 * What an attack is given: images in [0, 1], their true classes, and the model. An attack never sees
 * a batch: whatever it does to one image depends on that image, its class and its own random draws.
 */
export type AttackProblem = {
  /** Clean pixels as patches [B, M, 3 P P]. */
  pixels: tf.Tensor3D;
  /** True class of each image [B]. */
  labels: number[];
  /** K. */
  classes: number;
  /** Pixels of a square image's side, and of a patch's: for attacks that know places. */
  imageSize: number;
  patchSize: number;
  /**
   * Logits [n, K] of perturbed pixels [n, M, 3 P P]; differentiable by the pixels. What it is called
   * with is a model's whole query: the caller counts.
   */
  logits(pixels: tf.Tensor3D): tf.Tensor2D;
  /** One image's own random stream, named by what it is for (a restart, a step). */
  random(row: number, ...purpose: (string | number)[]): MersenneTwister;
  /** Sees what the attack does, which is the same whether it is watched or not. */
  watch?: AttackWatch | undefined;
};

/** Where an ascent stands, before it moves on. */
export type Iterate = {
  /** 0 is the start. */
  step: number;
  /** Which of the problem's images these are, n of them. */
  images: number[];
  /** [n][K]. */
  logits: Float32Array[];
  /** What is climbed [n]. */
  losses: Float32Array;
  /** Perturbations [n, M, 3 P P], for the time of the call. */
  delta: tf.Tensor;
};

export type AttackWatch = {
  iterate(iterate: Iterate): void;
  /** A run is over, and for these images it is the worst so far. */
  runEnded(images: number[]): void;
};

/** What every attack yields while it runs: the share done, from 0 to 1. */
export type AttackSteps<Result> = Generator<number, Result>;

/** The same problem for some of its images; `dispose` frees the cut pixels. */
export type SubProblem = AttackProblem & { dispose(): void };

export function subProblem(problem: AttackProblem, rows: number[]): SubProblem {
  const pixels = tf.tidy(() => tf.gather(problem.pixels, tf.tensor1d(rows, 'int32')));
  return {
    ...problem,
    pixels,
    labels: rows.map((row) => problem.labels[row] as number),
    logits: (perturbed) => problem.logits(perturbed),
    random: (row, ...purpose) => problem.random(rows[row] as number, ...purpose),
    watch: problem.watch && watchRows(problem.watch, rows),
    dispose: () => pixels.dispose(),
  };
}

function watchRows(watch: AttackWatch, rows: number[]): AttackWatch {
  const outer = (images: number[]) => images.map((image) => rows[image] as number);
  return {
    iterate: (iterate) => watch.iterate({ ...iterate, images: outer(iterate.images) }),
    runEnded: (images) => watch.runEnded(outer(images)),
  };
}
