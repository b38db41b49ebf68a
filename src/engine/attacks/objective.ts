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
export const FEWEST_CLASSES: Partial<Record<AttackLoss, number>> = { dlr: 3, 'dlr-targeted': 4 };

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
  const rowsFor = (images: number[]) => oneHotRows(labelsOf(problem, images), classes);
  switch (loss) {
    case 'ce':
      return (logits, _, images) => crossEntropy(logits, rowsFor(images));
    case 'kl': {
      const clean = queryImages(problem, [...labels.keys()]);
      return (logits, _, images) => {
        const rows = joinRows(images.map((image) => clean[image] as Float32Array));
        return klDivergence(tf.tensor2d(rows, logits.shape), logits);
      };
    }
    case 'margin':
      return lead(problem, bestOthers(problem), null);
    case 'dlr':
      return lead(
        problem,
        bestOthers(problem),
        hasTooFewClasses(loss, classes) ? null : [1, 0, -1],
      );
    case 'dlr-targeted': {
      const spread = hasTooFewClasses(loss, classes) ? null : [1, 0, -0.5, -0.5];
      return lead(problem, targets(problem, target), spread);
    }
  }
}

/** Which class is to overtake each image's own. */
type Rivals = (values: Float32Array[], images: number[]) => number[];

function labelsOf({ labels }: AttackProblem, images: number[]): number[] {
  return images.map((image) => labels[image] as number);
}

/** Classes from the highest logit to the lowest. */
function ranked(row: Float32Array): number[] {
  return [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number));
}

/** The best class that is not the image's own, wherever the image stands. */
function bestOthers({ labels }: AttackProblem): Rivals {
  return (values, images) =>
    images.map((image, n) => {
      const row = values[n] as Float32Array;
      let found = -1;
      for (const [k, value] of row.entries()) {
        if (k === labels[image]) continue;
        if (found < 0 || value > (row[found] as number)) found = k;
      }
      return found;
    });
}

/** The class at a place among the wrong ones of the clean image. */
function targets(problem: AttackProblem, place: number): Rivals {
  const { labels } = problem;
  const chosen = queryImages(problem, [...labels.keys()]).map(
    (row, image) => ranked(row).filter((k) => k !== labels[image])[place] as number,
  );
  return (_, images) => images.map((image) => chosen[image] as number);
}

/**
 * The rival's logit minus the true one, over the sum of the best logits times `spread`, the highest
 * first, where there is one. Which classes they are is a constant of the gradient.
 */
function lead(problem: AttackProblem, rivals: Rivals, spread: number[] | null): Objective {
  const { classes } = problem;
  return (logits, values, images) => {
    const own = oneHotRows(labelsOf(problem, images), classes);
    const weights = tf.sub(oneHotRows(rivals(values, images), classes), own);
    const margin = tf.sum(tf.mul(logits, weights), 1) as tf.Tensor1D;
    return spread ? over(margin, logits, values, spread) : margin;
  };
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
