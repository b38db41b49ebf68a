import * as tf from '@tensorflow/tfjs-core';

export type PgdSettings = { epsilon: number; stepSize: number; steps: number };

/** The attacked objective at perturbed pixels; `step` says which iterate they are (0: the start). */
export type AttackedLoss = (perturbed: tf.Tensor, step: number) => tf.Scalar;

/**
 * Projected gradient ascent in the l-inf ball (Madry et al. 2018; as FAP's code runs it, methods
 * 1.5): every step adds stepSize * sign(gradient), projects on the ball around the clean pixels,
 * then on [0, 1]. sign(0) = 0. Returns the last iterate and yields the number of each step done.
 * A caller that stops early calls `return`, which frees the iterate.
 *
 * Works in any layout of the pixels, since every operation is element by element.
 *
 * @param pixels clean pixels in [0, 1], any shape
 * @param start perturbation in [-epsilon, epsilon], same shape; first clipped so that pixels stay in [0, 1]
 * @param loss summed over images, so that no image's gradient depends on the batch
 * @returns the perturbation, same shape; the caller disposes
 */
export function* pgdSteps(
  pixels: tf.Tensor,
  start: tf.Tensor,
  { epsilon, stepSize, steps }: PgdSettings,
  loss: AttackedLoss,
): Generator<number, tf.Tensor> {
  const inRange = (delta: tf.Tensor) =>
    tf.minimum(tf.maximum(delta, tf.neg(pixels)), tf.sub(1, pixels));
  let delta = tf.tidy(() => inRange(start));
  let finished = false;
  try {
    for (let step = 0; step < steps; step += 1) {
      const next = tf.tidy(() => {
        const gradient = tf.grad((d) => loss(tf.add(pixels, d), step))(delta);
        const moved = tf.add(delta, tf.mul(tf.sign(gradient), stepSize));
        return inRange(tf.clipByValue(moved, -epsilon, epsilon));
      });
      delta.dispose();
      delta = next;
      yield step + 1;
    }
    finished = true;
    return delta;
  } finally {
    if (!finished) delta.dispose();
  }
}

/** All steps of `pgdSteps` at once. */
export function pgd(
  pixels: tf.Tensor,
  start: tf.Tensor,
  settings: PgdSettings,
  loss: AttackedLoss,
): tf.Tensor {
  const run = pgdSteps(pixels, start, settings, loss);
  for (;;) {
    const next = run.next();
    if (next.done) return next.value;
  }
}
