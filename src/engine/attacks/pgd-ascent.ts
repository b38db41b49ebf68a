import * as tf from '@tensorflow/tfjs-core';
import type { Ascent } from './ascent.ts';
import { type Ball, intoBox } from './ball.ts';
import { pgdMove } from './pgd.ts';
import type { AttackProblem } from './problem.ts';
import { RowTensors } from './row-tensors.ts';

/**
 * PGD (Madry et al. 2018; as FAP's code runs it, methods 1.5) with a fixed step, in either norm.
 *
 * @param start perturbations in the ball [B, M, 3 P P]; cut to the box first. The caller keeps it
 */
export function pgdAscent(
  { pixels }: AttackProblem,
  start: tf.Tensor3D,
  ball: Ball,
  stepSize: number,
): Ascent {
  const rows: Ascent['rows'] = new RowTensors();
  rows.set('pixels', pixels.clone());
  rows.set(
    'delta',
    tf.tidy(() => intoBox(pixels, start)),
  );
  return {
    rows,
    move() {
      const next = tf.tidy(() =>
        pgdMove(ball, rows.get('pixels'), rows.get('delta'), rows.get('gradient'), stepSize),
      );
      rows.set('delta', next);
    },
  };
}
