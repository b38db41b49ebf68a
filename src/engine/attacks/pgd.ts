import * as tf from '@tensorflow/tfjs-core';
import { type Ball, intoBall, intoBox, steepest } from './ball.ts';

export type PgdSettings = { epsilon: number; stepSize: number; steps: number };

/** The attacked objective at perturbed pixels; `step` says which iterate they are (0: the start). */
export type AttackedLoss = (perturbed: tf.Tensor, step: number) => tf.Scalar;

/**
 * One step of projected gradient ascent (Madry et al. 2018): stepSize along the steepest ascent,
 * back on the ball around the clean pixels, then on [0, 1].
 */
export function pgdMove(
  ball: Ball,
  pixels: tf.Tensor,
  delta: tf.Tensor,
  gradient: tf.Tensor,
  stepSize: number | tf.Tensor,
): tf.Tensor {
  return intoBall(ball, pixels, tf.add(delta, tf.mul(steepest(ball.norm, gradient), stepSize)));
}

/**
 * Projected gradient ascent in the l-inf ball as a training step runs it (as FAP's code, methods
 * 1.5): every image takes all steps, sign(0) = 0, the last iterate counts.
 *
 * Works in any layout of the pixels, since every operation is element by element.
 *
 * @param pixels clean pixels in [0, 1], any shape
 * @param start perturbation in [-epsilon, epsilon], same shape; first clipped so that pixels stay in [0, 1]
 * @param loss summed over images, so that no image's gradient depends on the batch
 * @returns the perturbation, same shape; the caller disposes
 */
export function pgd(
  pixels: tf.Tensor,
  start: tf.Tensor,
  { epsilon, stepSize, steps }: PgdSettings,
  loss: AttackedLoss,
): tf.Tensor {
  const ball: Ball = { norm: 'linf', epsilon };
  let delta = tf.tidy(() => intoBox(pixels, start));
  for (let step = 0; step < steps; step += 1) {
    const next = tf.tidy(() => {
      const gradient = tf.grad((d) => loss(tf.add(pixels, d), step))(delta);
      return pgdMove(ball, pixels, delta, gradient, stepSize);
    });
    delta.dispose();
    delta = next;
  }
  return delta;
}
