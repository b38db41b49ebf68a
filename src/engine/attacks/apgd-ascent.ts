import * as tf from '@tensorflow/tfjs-core';
import type { Ascent } from './ascent.ts';
import { type Ball, intoBall, intoBox } from './ball.ts';
import { pgdMove } from './pgd.ts';
import type { AttackProblem } from './problem.ts';
import { chooseRows, RowTensors } from './row-tensors.ts';

/** Share of a step that is the gradient's; the rest is momentum. */
const ALPHA = 0.75;
/** The step is halved where the loss rose in no more than this share of a window's steps. */
const RHO = 0.75;

type RowName = 'pixels' | 'delta' | 'gradient' | 'previous' | 'best' | 'bestGradient';

/** One image's progress. */
type Progress = {
  stepSize: number;
  loss: number;
  best: number;
  /** Steps since the last checkpoint that raised the loss. */
  rises: number;
  bestAtCheckpoint: number;
  halvedAtCheckpoint: boolean;
};

/**
 * Auto-PGD (Croce and Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of
 * diverse parameter-free attacks", algorithm 1): momentum, a step that starts at 2 epsilon and, at
 * checkpoints, is halved where it no longer pays, the image going back to its best iterate.
 *
 * Where the paper and the published code differ: checkpoints are the paper's (the code rounds their
 * gaps and agrees at 100 steps). The first window's first step is compared with the start, as the
 * paper says; the code compares it with a row of zeros. As many rises as rho of a window halve the step, as in
 * the code; the paper wants fewer. An iterate's rise is told from the iterate before it, as in the code,
 * even where the image has gone back to its best one between.
 *
 * @param start perturbations in the ball [B, M, 3 P P]; cut to the box first. The caller keeps it
 */
export function apgdAscent(
  { pixels, labels }: AttackProblem,
  start: tf.Tensor3D,
  ball: Ball,
  steps: number,
): Ascent {
  const rows = new RowTensors<RowName>();
  rows.set('pixels', pixels.clone());
  rows.set(
    'delta',
    tf.tidy(() => intoBox(pixels, start)),
  );
  const windows = windowsOf(steps);
  const progress = labels.map(() => firstProgress(ball.epsilon));
  return {
    rows: rows as unknown as Ascent['rows'],
    move(losses, images, step) {
      const own = images.map((image) => progress[image] as Progress);
      keepBest(rows, own, losses, step);
      const window = windows.get(step);
      if (window) halve(rows, own, window);
      const next = tf.tidy(() => apgdMove(rows, ball, own, step));
      rows.set('previous', rows.get('delta').clone());
      rows.set('delta', next);
    },
  };
}

function firstProgress(epsilon: number): Progress {
  const none = Number.NEGATIVE_INFINITY;
  return {
    stepSize: 2 * epsilon,
    loss: none,
    best: none,
    rises: 0,
    bestAtCheckpoint: none,
    halvedAtCheckpoint: true,
  };
}

/**
 * Checkpoints w_j = ceil(p_j steps), j >= 1, and the steps since the one before: p_0 = 0, p_1 =
 * 0.22, p_(j+1) = p_j + max(p_j - p_(j-1) - 0.03, 0.06). In hundredths, so that ceil is exact.
 */
export function windowsOf(steps: number): Map<number, number> {
  const windows = new Map<number, number>();
  let [before, gap, last] = [0, 22, 0];
  while (before + gap <= 100) {
    before += gap;
    gap = Math.max(gap - 3, 6);
    const checkpoint = Math.ceil((before * steps) / 100);
    if (checkpoint > last) windows.set(checkpoint, checkpoint - last);
    last = checkpoint;
  }
  return windows;
}

/** Takes the iterate's losses in: where they are the highest so far, it is the best, with its gradient. */
function keepBest(
  rows: RowTensors<RowName>,
  own: Progress[],
  losses: Float32Array,
  step: number,
): void {
  const better = own.map((image, place) => {
    const loss = losses[place] as number;
    if (step > 0 && loss > image.loss) image.rises += 1;
    image.loss = loss;
    const best = loss > image.best;
    if (best) image.best = loss;
    if (step === 0) image.bestAtCheckpoint = loss;
    return best;
  });
  if (step > 0 && !better.includes(true)) return;
  for (const [kept, present] of [
    ['best', 'delta'],
    ['bestGradient', 'gradient'],
  ] as const) {
    const next = tf.tidy(() =>
      step === 0
        ? rows.get(present).clone()
        : chooseRows(better, rows.get(present), rows.get(kept)),
    );
    rows.set(kept, next);
  }
}

/** At a checkpoint: conditions 1 and 2 of the paper's section 3.2. */
function halve(rows: RowTensors<RowName>, own: Progress[], window: number): void {
  const halved = own.map((image) => {
    const oscillates = image.rises <= RHO * window;
    const stands = !image.halvedAtCheckpoint && image.bestAtCheckpoint >= image.best;
    image.halvedAtCheckpoint = oscillates || stands;
    image.bestAtCheckpoint = image.best;
    image.rises = 0;
    if (image.halvedAtCheckpoint) image.stepSize /= 2;
    return image.halvedAtCheckpoint;
  });
  if (!halved.includes(true)) return;
  for (const [present, kept] of [
    ['delta', 'best'],
    ['gradient', 'bestGradient'],
  ] as const) {
    rows.set(
      present,
      tf.tidy(() => chooseRows(halved, rows.get(kept), rows.get(present))),
    );
  }
}

/** The next iterate: a PGD step of each image's own size, mixed with the last move. */
function apgdMove(rows: RowTensors<RowName>, ball: Ball, own: Progress[], step: number): tf.Tensor {
  const [pixels, delta] = [rows.get('pixels'), rows.get('delta')];
  const sizes = tf.tensor(
    own.map(({ stepSize }) => stepSize),
    [own.length, 1, 1],
  );
  const moved = pgdMove(ball, pixels, delta, rows.get('gradient'), sizes);
  if (step === 0) return moved;
  const ahead = tf.mul(tf.sub(moved, delta), ALPHA);
  const momentum = tf.mul(tf.sub(delta, rows.get('previous')), 1 - ALPHA);
  return intoBall(ball, pixels, tf.add(delta, tf.add(ahead, momentum)));
}
