import * as tf from '@tensorflow/tfjs-core';
import type { MersenneTwister } from '../../shared/mersenne-twister.ts';
import { toPatches } from '../clip/image-tower.ts';
import { normal, uniform } from '../random.ts';
import { type Norm, normOf } from './box-projection.ts';
import type { AttackProblem } from './problem.ts';

/** Perturbations of at most this length: l-inf in pixel units, l2 over the whole image. */
export type Ball = { norm: Norm; epsilon: number };

/** Smallest normal float32: a gradient below it counts as 0. */
const TINY = 2 ** -126;

/** Cuts a perturbation of any shape so that pixel + perturbation stays in [0, 1]. */
export function intoBox(pixels: tf.Tensor, delta: tf.Tensor): tf.Tensor {
  return tf.minimum(tf.maximum(delta, tf.neg(pixels)), tf.sub(1, pixels));
}

/**
 * The nearest perturbation in the ball, then cut to the box. The box holds 0 in every pixel, so that
 * cutting never leaves the ball again; both ways round would differ for l2, and published code goes
 * this way.
 *
 * @param pixels any shape for l-inf, [n, M, 3 P P] for l2
 */
export function intoBall(ball: Ball, pixels: tf.Tensor, delta: tf.Tensor): tf.Tensor {
  return intoBox(pixels, nearest(ball, delta));
}

function nearest({ norm, epsilon }: Ball, delta: tf.Tensor): tf.Tensor {
  if (norm === 'linf') return tf.clipByValue(delta, -epsilon, epsilon);
  const length = lengthOf(delta);
  return tf.mul(delta, tf.div(epsilon, tf.maximum(length, Math.max(epsilon, TINY))));
}

/** The unit step of steepest ascent: the gradient's signs, sign(0) = 0, or the gradient over its length. */
export function steepest(norm: Norm, gradient: tf.Tensor): tf.Tensor {
  if (norm === 'linf') return tf.sign(gradient);
  // Scaled to 1 at most before it is squared: squares of a saturated loss's gradient are 0 in float32.
  const largest = tf.max(tf.abs(gradient), [1, 2], true);
  const scaled = tf.div(gradient, tf.maximum(largest, TINY));
  return tf.div(scaled, tf.maximum(lengthOf(scaled), 1));
}

/** l2 length of each image [n, 1, 1]. */
function lengthOf(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(x), [1, 2], true));
}

/**
 * One uniform draw from the ball for every image, before it is cut to the box. l-inf: U(-epsilon,
 * epsilon) in every pixel. l2: a direction from N(0, 1) in every pixel, then the radius epsilon
 * u^(1 / pixels) for u from U(0, 1); torchattacks draws the radius itself from U(0, epsilon), which
 * crowds the centre.
 *
 * @param purpose names the draw; each image has its own
 * @returns patches [B, M, 3 P P]
 */
export function drawInBall(
  { labels, imageSize, patchSize, random }: AttackProblem,
  ball: Ball,
  ...purpose: (string | number)[]
): tf.Tensor3D {
  const perImage = 3 * imageSize * imageSize;
  const values = new Float32Array(perImage * labels.length);
  for (const row of labels.keys()) {
    values.set(drawOne(ball, perImage, random(row, ...purpose)), row * perImage);
  }
  return tf.tidy(() =>
    toPatches(tf.tensor4d(values, [labels.length, 3, imageSize, imageSize]), patchSize),
  );
}

function drawOne({ norm, epsilon }: Ball, count: number, random: MersenneTwister): Float32Array {
  if (norm === 'linf') return uniform(random, count, -epsilon, epsilon);
  const direction = normal(random, count, 1);
  const radius = epsilon * random.random() ** (1 / count);
  const length = normOf(norm, direction);
  return direction.map((v) => (radius * v) / length);
}
