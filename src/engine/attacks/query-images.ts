import * as tf from '@tensorflow/tfjs-core';
import { requireFinite } from '../evaluation/require-finite.ts';
import type { AttackProblem } from './problem.ts';

/**
 * One query, forward only, of some of a problem's images.
 *
 * @param rows which images, n of them
 * @param perturb from their clean pixels [n, M, 3 P P] to the pixels that the model is shown
 * @returns each image's logits [K], in the order of `rows`
 * @throws FaptError `logits-not-finite`
 */
export function queryImages(
  problem: AttackProblem,
  rows: number[],
  perturb: (clean: tf.Tensor3D) => tf.Tensor3D = (clean) => clean,
): Float32Array[] {
  const logits = tf.tidy(() => problem.logits(perturb(cleanPixels(problem, rows))));
  const values = logits.dataSync() as Float32Array;
  logits.dispose();
  return splitRows(values, problem.classes);
}

/** Clean pixels [n, M, 3 P P] of some of a problem's images. */
export function cleanPixels({ pixels }: AttackProblem, rows: number[]): tf.Tensor3D {
  return tf.tidy(() => tf.gather(pixels, tf.tensor1d(rows, 'int32')));
}

/** Arrays of one length, one after another. */
export function joinRows(rows: Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const joined = new Float32Array(rows.length * length);
  for (const [n, row] of rows.entries()) joined.set(row, n * length);
  return joined;
}

/**
 * Logits [n K] image by image.
 *
 * @throws FaptError `logits-not-finite`
 */
export function splitRows(logits: Float32Array, classes: number): Float32Array[] {
  requireFinite(logits);
  return rowsOf(logits, classes);
}

/** The same unchecked: an error thrown while a gradient is taken would leave its tape behind. */
export function rowsOf(logits: Float32Array, classes: number): Float32Array[] {
  return Array.from({ length: logits.length / classes }, (_, row) =>
    logits.subarray(row * classes, (row + 1) * classes),
  );
}

/** What the model makes of one image. */
export type Read = { predicted: number; margin: number; fooled: boolean };

/**
 * The prediction, the first of the highest logits; the margin, the true logit minus the best other,
 * or with a single class the logit itself; and whether the prediction is another class.
 */
export function readRow(logits: Float32Array, label: number): Read {
  let predicted = 0;
  let other = Number.NEGATIVE_INFINITY;
  for (const [k, logit] of logits.entries()) {
    if (logit > (logits[predicted] as number)) predicted = k;
    if (k !== label) other = Math.max(other, logit);
  }
  const margin = (logits[label] as number) - (logits.length > 1 ? other : 0);
  return { predicted, margin, fooled: predicted !== label };
}
