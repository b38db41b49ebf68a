import * as tf from '@tensorflow/tfjs-core';
import type { AttackLoss } from '../../shared/attack.ts';
import { crossEntropy, klDivergence } from '../methods/losses.ts';
import { oneHotRows } from '../one-hot.ts';
import type { AttackProblem } from './problem.ts';
import { joinRows, queryImages } from './query-images.ts';

/**
 * What a gradient attack climbs, one value an image [n].
 *
 * @param logits [n, K], on the tape
 * @param values the same logits, image by image
 * @param images which of the problem's images they are
 */
export type Objective = (
  logits: tf.Tensor2D,
  values: Float32Array[],
  images: number[],
) => tf.Tensor1D;

/** Fewest classes of which a loss can be told: DLR reads the third best logit, its targeted form the fourth. */
const FEWEST_CLASSES: Partial<Record<AttackLoss, number>> = { dlr: 3, 'dlr-targeted': 4 };

export function hasTooFewClasses(loss: AttackLoss, classes: number): boolean {
  return classes < (FEWEST_CLASSES[loss] ?? 1);
}

/** Keeps the difference of logits ratio finite where all logits are equal, as published. */
const NO_SPREAD = 1e-12;

/**
 * The objective of a problem.
 *
 * - `ce` cross-entropy with the true class
 * - `kl` KL(p_clean || p), as TRADES
 * - `margin` best other logit minus the true one (Carlini and Wagner 2017)
 * - `dlr` margin over (best - third best logit) (Croce and Hein 2020, eq. 6)
 * - `dlr-targeted` (target - true) over (best - (third + fourth best) / 2) (there, eq. 7)
 *
 * With fewer classes than a ratio reads, its numerator alone: the margin. Costs one query for `kl`
 * and `dlr-targeted`.
 *
 * @param target `dlr-targeted`: place of the target among each image's wrong classes, the likeliest
 *   on the clean image being 0
 */
export function objectiveOf(problem: AttackProblem, loss: AttackLoss, target: number): Objective {
  const { labels, classes } = problem;
  const labelOf = (image: number) => labels[image] as number;
  const ratio = !hasTooFewClasses(loss, classes);
  switch (loss) {
    case 'ce':
      return (logits, _, images) => crossEntropy(logits, oneHotRows(images.map(labelOf), classes));
    case 'kl': {
      const clean = queryImages(problem, [...labels.keys()]);
      return (logits, _, images) => {
        const rows = joinRows(images.map((image) => clean[image] as Float32Array));
        return klDivergence(tf.tensor2d(rows, logits.shape), logits);
      };
    }
    case 'margin':
      return (logits, values, images) =>
        lead(logits, images.map(labelOf), best(values, labelOf, images));
    case 'dlr':
      return (logits, values, images) => {
        const margin = lead(logits, images.map(labelOf), best(values, labelOf, images));
        return ratio ? over(margin, logits, values, [1, 0, -1]) : margin;
      };
    case 'dlr-targeted': {
      const targets = queryImages(problem, [...labels.keys()]).map(
        (row, image) => ranked(row).filter((k) => k !== labelOf(image))[target] as number,
      );
      return (logits, values, images) => {
        const chosen = images.map((image) => targets[image] as number);
        const margin = lead(logits, images.map(labelOf), chosen);
        return ratio ? over(margin, logits, values, [1, 0, -0.5, -0.5]) : margin;
      };
    }
  }
}

/** Classes from the highest logit to the lowest. */
function ranked(row: Float32Array): number[] {
  return [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number));
}

/** Each image's best class that is not its own. */
function best(
  values: Float32Array[],
  labelOf: (image: number) => number,
  images: number[],
): number[] {
  return images.map((image, n) => {
    const row = values[n] as Float32Array;
    let found = -1;
    for (const [k, value] of row.entries()) {
      if (k === labelOf(image)) continue;
      if (found < 0 || value > (row[found] as number)) found = k;
    }
    return found;
  });
}

/** Logit of `others` minus that of `labels` [n]. Indices are constants of the gradient. */
function lead(logits: tf.Tensor2D, labels: number[], others: number[]): tf.Tensor1D {
  const classes = logits.shape[1];
  const weights = tf.sub(oneHotRows(others, classes), oneHotRows(labels, classes));
  return tf.sum(tf.mul(logits, weights), 1);
}

/** `margin` over the sum of the best logits times `weights`, the highest first. */
function over(
  margin: tf.Tensor1D,
  logits: tf.Tensor2D,
  values: Float32Array[],
  weights: number[],
): tf.Tensor1D {
  const [count, classes] = logits.shape;
  const rows = new Float32Array(count * classes);
  for (const [n, row] of values.entries()) {
    const order = ranked(row);
    for (const [place, weight] of weights.entries()) {
      rows[n * classes + (order[place] as number)] = weight;
    }
  }
  const spread = tf.sum(tf.mul(logits, tf.tensor2d(rows, logits.shape)), 1);
  return tf.div(margin, tf.add(spread, NO_SPREAD)) as tf.Tensor1D;
}
