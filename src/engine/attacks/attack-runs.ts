import * as tf from '@tensorflow/tfjs-core';
import type { AttackLoss, EvaluationAttack } from '../../shared/attack.ts';
import { apgdAscent } from './apgd-ascent.ts';
import { ascend } from './ascent.ts';
import { type Ball, drawInBall, intoBox } from './ball.ts';
import { fab } from './fab.ts';
import { type Objective, objectiveOf } from './objective.ts';
import { pgdAscent } from './pgd-ascent.ts';
import type { AttackProblem, AttackSteps } from './problem.ts';
import { queryImages, readRow } from './query-images.ts';
import { square } from './square.ts';
import type { Run } from './worst-case.ts';

/** One run of an attack over all images of a problem; an attack is a list of them. */
export type AttackRun = {
  /** What an image that it fools is said to be fooled by; null for no attack. */
  name: string | null;
  /** Queries with their backward pass, or what costs as much. */
  cost: number;
  run(problem: AttackProblem): AttackSteps<Run>;
};

/** The gradient attacks: one run a restart and, with targets, a target class. */
export function gradientRuns(
  attack: EvaluationAttack,
  kind: 'pgd' | 'apgd',
  loss: AttackLoss,
  classes: number,
  name: string = kind,
): AttackRun[] {
  const targets = loss === 'dlr-targeted' ? Math.min(attack.targetClasses, classes - 1) : 1;
  // Without a random start every restart would be the first one again.
  const restarts = attack.randomStart ? attack.restarts : 1;
  return Array.from({ length: targets * restarts }, (_, index) => ({
    name,
    cost: attack.steps + 1,
    *run(problem) {
      const [target, restart] = [Math.floor(index / restarts), index % restarts];
      // PGD's restarts are named by their number alone.
      const purpose = kind === 'pgd' ? [restart] : [loss, target, restart];
      const objective = objectiveOf(problem, loss, target);
      const start = attack.randomStart
        ? drawInBall(problem, attack, kind, ...purpose)
        : tf.zerosLike(problem.pixels);
      const run = yield* gradientRun(problem, attack, kind, objective, start);
      return attack.randomStart ? run : { ...run, rightAtStart: null };
    },
  }));
}

/** @param start freed at the end */
function* gradientRun(
  problem: AttackProblem,
  attack: EvaluationAttack,
  kind: 'pgd' | 'apgd',
  objective: Objective,
  start: tf.Tensor3D,
): AttackSteps<Run> {
  const { steps, stepSize, iterate, stopWhenFooled } = attack;
  const ascent =
    kind === 'pgd'
      ? pgdAscent(problem, start, attack, stepSize)
      : apgdAscent(problem, start, attack, steps);
  start.dispose();
  // APGD is defined by what fooled at any of its steps.
  const keep = kind === 'apgd' ? 'worst' : iterate;
  return yield* ascend(problem, ascent, objective, { steps, keep, stopWhenFooled });
}

/** One uniform draw from the ball. */
export function noiseRun(ball: Ball, draw: number): AttackRun {
  return {
    name: 'noise',
    cost: 0.5,
    *run(problem) {
      const start = drawInBall(problem, ball, 'noise', draw);
      const delta = tf.tidy(() => intoBox(problem.pixels, start) as tf.Tensor3D);
      start.dispose();
      const run = finalRun(problem, delta, 1);
      return { ...run, rightAtStart: run.reads.filter(({ fooled }) => !fooled).length };
    },
  };
}

/** The images as they are. */
export const CLEAN_RUN: AttackRun = {
  name: null,
  cost: 0.5,
  *run(problem) {
    return {
      ...finalRun(problem, tf.zerosLike(problem.pixels), 1),
      fooledAt: problem.labels.map(() => null),
    };
  },
};

export function fabRun(attack: EvaluationAttack, name = 'fab'): AttackRun {
  const { norm, epsilon, steps, restarts, targetClasses } = attack;
  return {
    name,
    cost: 1.5 * steps * restarts * targetClasses,
    *run(problem) {
      const settings = { norm, epsilon, steps, restarts, targetClasses };
      return finalRun(problem, yield* fab(problem, settings), steps);
    },
  };
}

/** @param lastStep what a fooled image's step is called: Square counts queries, which are cheaper */
export function squareRun(
  { norm, epsilon, restarts }: EvaluationAttack,
  queries: number,
  lastStep: number,
  name = 'square',
): AttackRun {
  return {
    name,
    cost: 0.5 * queries * restarts,
    *run(problem) {
      const settings = { norm, epsilon, restarts, queries };
      return finalRun(problem, yield* square(problem, settings), lastStep);
    },
  };
}

/**
 * One query at an attack's answer, of which nothing but the end is known.
 *
 * @param delta freed
 */
function finalRun(problem: AttackProblem, delta: tf.Tensor3D, lastStep: number): Run {
  try {
    const rows = [...problem.labels.keys()];
    const logits = queryImages(problem, rows, (clean) => tf.add(clean, delta));
    const reads = logits.map((row, n) => readRow(row, problem.labels[n] as number));
    return {
      values: delta.dataSync() as Float32Array,
      reads,
      fooledAt: reads.map(({ fooled }) => (fooled ? Math.max(1, lastStep) : null)),
      zeroGradientImages: null,
      rightAtStart: null,
    };
  } finally {
    delta.dispose();
  }
}
