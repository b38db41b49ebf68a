import * as tf from '@tensorflow/tfjs-core';
import { fromPatches, toPatches } from '../clip/image-tower.ts';
import type { Norm } from './box-projection.ts';
import type { AttackProblem, AttackSteps } from './problem.ts';
import { joinRows, queryImages, readRow } from './query-images.ts';
import { l2Moves } from './square-l2.ts';
import { linfMoves } from './square-linf.ts';
import { CHANNELS, type Picture } from './square-moves.ts';

export type SquareSettings = {
  norm: Norm;
  epsilon: number;
  /** Queries of an image in each restart, its start among them. */
  queries: number;
  restarts: number;
};

/** Share of the picture that the first windows cover, and the queries of 10 000 at which it is halved. */
const FIRST_SHARE = 0.8;
const HALVED_AFTER = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000];

type SquareImage = Picture & {
  row: number;
  label: number;
  /** Margin of what stands in this restart. */
  margin: number;
  /** The lowest margin of all restarts, the clean image's before them. */
  lowest: number;
};

/**
 * The Square attack (Andriushchenko et al. 2020, "Square attack: a query-efficient black-box
 * adversarial attack via random search"): forward passes only; changes one random window after
 * another and keeps what lowers the margin. An image that is fooled leaves, so that queries become
 * cheaper. Unlike the published code, which draws one window for the whole batch, every image has
 * windows and signs of its own, so that no result depends on the batch.
 *
 * @returns the perturbation [B, M, 3 P P] of the lowest margin found; zero for an image that was
 *   wrong already or whose margin never fell. The caller disposes.
 * @throws FaptError `logits-not-finite`
 */
export function* square(
  problem: AttackProblem,
  { norm, epsilon, queries, restarts }: SquareSettings,
): AttackSteps<tf.Tensor3D> {
  const { pixels, labels, classes, imageSize, patchSize } = problem;
  const moves = norm === 'linf' ? linfMoves : l2Moves;
  const total = 1 + queries * restarts;
  const result = new Float32Array(pixels.size);
  const keep = ({ row, delta, margin }: SquareImage) => {
    result.set(delta, row * delta.length);
    return margin;
  };
  if (classes > 1 && total > 1) {
    let standing = correctImages(problem);
    yield 1 / total;
    for (let restart = 0; restart < restarts && standing.length > 0; restart += 1) {
      for (let query = 0; query < queries && standing.length > 0; query += 1) {
        const p = windowShare(query - 1, queries);
        for (const image of standing) {
          const random = problem.random(image.row, 'square', restart, query);
          if (query === 0) moves.start(image, epsilon, random);
          else moves.move(image, epsilon, p, random);
        }
        standing = tryTrials(problem, standing, query === 0, keep);
        yield (1 + restart * queries + query + 1) / total;
      }
      for (const image of standing) {
        if (image.margin < image.lowest) image.lowest = keep(image);
      }
    }
  }
  return tf.tidy(() => {
    const shape: [number, number, number, number] = [labels.length, CHANNELS, imageSize, imageSize];
    return toPatches(tf.tensor4d(result, shape), patchSize);
  });
}

/** The images that the model gets right: one query. */
function correctImages(problem: AttackProblem): SquareImage[] {
  const { pixels, labels, imageSize, patchSize } = problem;
  const places = tf.tidy(() => fromPatches(pixels, patchSize));
  const values = places.dataSync() as Float32Array;
  places.dispose();
  const length = CHANNELS * imageSize * imageSize;
  const logits = queryImages(problem, [...labels.keys()]);
  return labels.flatMap((label, row) => {
    const { margin, fooled } = readRow(logits[row] as Float32Array, label);
    if (fooled) return [];
    const image: SquareImage = {
      row,
      label,
      size: imageSize,
      clean: values.subarray(row * length, (row + 1) * length),
      delta: new Float32Array(length),
      trial: new Float32Array(length),
      margin,
      lowest: margin,
    };
    return [image];
  });
}

/** The share of the picture that a window covers, the schedule being stretched to all `moves`. */
export function windowShare(move: number, moves: number): number {
  const of10000 = Math.floor((move / moves) * 10_000);
  return FIRST_SHARE / 2 ** HALVED_AFTER.filter((limit) => of10000 > limit).length;
}

/**
 * One query of every image's trial, which stands from now on where it is better, where it fools, or
 * where it is the first. An image that is fooled is kept.
 *
 * @returns the images that are not fooled
 */
function tryTrials(
  problem: AttackProblem,
  images: SquareImage[],
  first: boolean,
  keep: (image: SquareImage) => void,
): SquareImage[] {
  const rows = images.map((image) => image.row);
  const logits = queryImages(problem, rows, (clean) => tf.add(clean, stackTrials(problem, images)));
  return images.filter((image, n) => {
    const { margin, fooled } = readRow(logits[n] as Float32Array, image.label);
    if (first || fooled || margin < image.margin) {
      [image.delta, image.trial] = [image.trial, image.delta];
      image.margin = margin;
    }
    if (fooled) keep(image);
    return !fooled;
  });
}

/** The images' trials as patches [n, M, 3 P P]. */
function stackTrials({ imageSize, patchSize }: AttackProblem, images: SquareImage[]): tf.Tensor3D {
  const values = joinRows(images.map(({ trial }) => trial));
  const shape: [number, number, number, number] = [images.length, CHANNELS, imageSize, imageSize];
  return toPatches(tf.tensor4d(values, shape), patchSize);
}
