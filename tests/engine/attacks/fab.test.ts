import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FabSettings, fab } from '../../../src/engine/attacks/fab.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { stream, uniform } from '../../../src/engine/random.ts';
import {
  expectNothingLeft,
  expectSteadyRun,
  finish,
  lengthOf,
  linearModel,
  marginsAt,
  readRecorded,
  recordedProblem,
  type SmallProblem,
  smallProblem,
} from './small-problems.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

const NORMS = ['linf', 'l2'] as const;
const PIXELS = 12; // 3 x 2 x 2
const settings = (changes: Partial<FabSettings>): FabSettings => ({
  norm: 'linf',
  epsilon: 1,
  steps: 10,
  targetClasses: 9,
  restarts: 1,
  ...changes,
});

function run(problem: SmallProblem, changes: Partial<FabSettings>) {
  return finish(problem, fab(problem, settings(changes)));
}

describe('two classes, linear: the boundary is margin / ||w||_1 or margin / ||w||_2 away', () => {
  const w = [...uniform(stream('w'), PIXELS, -1, 1)];
  const grey = Array.from({ length: PIXELS }, () => 0.5);
  /** Logits (w . (x - 1/2) + margin, 0): the margin at grey, where no wall of the box is near. */
  const problemOf = (margin: number) =>
    smallProblem([grey], [0], 2, (flat) => {
      const own = tf.add(
        tf.matMul(tf.sub(flat, 0.5) as tf.Tensor2D, tf.tensor2d(w, [PIXELS, 1])),
        margin,
      );
      return tf.concat([own, tf.zerosLike(own)], 1) as tf.Tensor2D;
    });
  const margin = 0.2;
  const distance = {
    linf: margin / w.reduce((sum, v) => sum + Math.abs(v), 0),
    l2: margin / Math.hypot(...w),
  };

  // Step 1 from the clean point goes 1.05 distances, is fooled and steps back to 0.945. Step 2 has
  // 0.055 to go, so alpha = 0.055 / 1.055, and ends at (1 - alpha)(0.945 + 1.05 * 0.055) + 1.05 alpha.
  const alpha = 0.055 / 1.055;
  const second = (1 - alpha) * (0.945 + 1.05 * 0.055) + 1.05 * alpha;
  test.each(NORMS.flatMap((norm) => [[norm, 1, 1.05] as const, [norm, 2, second] as const]))(
    '%s after %d steps: %d times the distance, along the normal',
    (norm, steps, factor) => {
      const problem = problemOf(margin);
      const [delta = []] = run(problem, { norm, steps }).perturbations;
      for (const [i, d] of delta.entries()) {
        const v = w[i] as number;
        const normal = norm === 'linf' ? -Math.sign(v) : -v / Math.hypot(...w);
        expect(d).toBeCloseTo(factor * distance[norm] * normal, 6);
      }
      problem.dispose();
    },
  );

  test.each(NORMS)('%s: many steps never find a smaller one, and keep the smallest', (norm) => {
    const problem = problemOf(margin);
    const [delta = []] = run(problem, { norm, steps: 30 }).perturbations;
    expect(lengthOf(norm, delta)).toBeGreaterThan(distance[norm]);
    expect(lengthOf(norm, delta)).toBeLessThan((second + 1e-5) * distance[norm]);
    problem.dispose();
  });

  test.each(NORMS)('%s: it is returned where it lies within epsilon, else none is', (norm) => {
    const problem = problemOf(margin);
    const inside = run(problem, { norm, epsilon: 1.01 * distance[norm] });
    const outside = run(problem, { norm, epsilon: 0.99 * distance[norm] });
    expect(marginsAt(problem, inside.perturbations)[0]).toBeLessThan(0);
    expect(outside.perturbations[0]?.every((d) => d === 0)).toBe(true);
    problem.dispose();
  });
});

test('a nearer boundary with a less likely class is found by a later run', () => {
  // Class 1 is likelier but its logit hardly moves; class 2 is within reach.
  const weights = Array.from({ length: PIXELS }, (_, i) => [0, i === 0 ? 0.01 : 0, 0.5]);
  const bias = [1, 0.9, 0.8 - 0.25 * PIXELS];
  const problem = smallProblem([Array.from({ length: PIXELS }, () => 0.5)], [0], 3, (flat) =>
    tf.add(linearModel(weights)(flat), tf.tensor1d(bias)),
  );
  // Margin 0.2 over ||w||_1 = 6 is 0.033.
  const none = run(problem, { epsilon: 0.05, targetClasses: 1 });
  const found = run(problem, { epsilon: 0.05, targetClasses: 2 });
  expect(none.perturbations[0]?.every((d) => d === 0)).toBe(true);
  expect(lengthOf('linf', found.perturbations[0] ?? [])).toBeCloseTo(0.2 / 6, 3);
  problem.dispose();
});

describe.each(NORMS)('%s: as torchattacks recorded it on two layers', (norm) => {
  const recorded = readRecorded();
  const { fabLikeliest, fabWithinEpsilon, epsilon } = recorded[norm];

  test.each([
    ['any distance, the likeliest class', fabLikeliest, { epsilon: 1000, targetClasses: 1 }],
    ['within epsilon, all classes', fabWithinEpsilon, { epsilon, targetClasses: 9 }],
  ])('%s', (_, distances, changes) => {
    const problem = recordedProblem(recorded);
    const { perturbations } = run(problem, { norm, steps: recorded.fabSteps, ...changes });
    const margins = marginsAt(problem, perturbations);
    for (const [row, distance] of distances.entries()) {
      const delta = perturbations[row] ?? [];
      if (distance === null) {
        expect(delta.every((d) => d === 0)).toBe(true);
        continue;
      }
      expect(margins[row]).toBeLessThan(0);
      expect(lengthOf(norm, delta) / distance).toBeCloseTo(1, 3);
      for (const [i, d] of delta.entries()) {
        const x = Math.fround(Math.fround(recorded.images[row]?.[i] as number) + d);
        expect(x >= 0 && x <= 1).toBe(true);
      }
    }
    expect(distances.filter((d) => d !== null).length).toBeGreaterThan(4);
    problem.dispose();
  });
});

test('a wrong image and one whose run fooled it are not shown again', () => {
  const recorded = readRecorded();
  const problem = recordedProblem(recorded);
  const { epsilon, fabWithinEpsilon } = recorded.linf;
  run(problem, { epsilon, steps: 20, targetClasses: 2 });
  const correct = recorded.labels.length - 1;
  const fooled = fabWithinEpsilon.filter((d) => d !== null).length;
  const counts = problem.shown.map((images) => images.length);
  const runOf = (count: number) => Array.from({ length: 40 }, () => count);
  expect(counts).toEqual([correct + 1, ...runOf(correct), ...runOf(correct - fooled)]);
  problem.dispose();
});

describe('edges', () => {
  const grey = Array.from({ length: PIXELS }, () => 0.5);

  test('a single class: no query, no perturbation', () => {
    const problem = smallProblem([grey], [0], 1, (flat) => tf.sum(flat, 1, true) as tf.Tensor2D);
    const { perturbations, shares } = run(problem, {});
    expect(shares).toEqual([]);
    expect(problem.shown).toHaveLength(0);
    expect(perturbations[0]?.every((d) => d === 0)).toBe(true);
    problem.dispose();
  });

  test('a model without a gradient leaves the image alone', () => {
    const problem = smallProblem([grey], [0], 2, (flat) =>
      tf.add(linearModel(grey.map(() => [0, 0]))(flat), tf.tensor1d([1, 0])),
    );
    expect(run(problem, {}).perturbations[0]?.every((d) => d === 0)).toBe(true);
    problem.dispose();
  });

  test('outputs that are no numbers end in an error and leak nothing', () => {
    const problem = smallProblem([grey], [0], 2, (flat) =>
      tf.div(linearModel(grey.map(() => [1, 0]))(flat), 0),
    );
    const before = tf.memory().numTensors;
    expect(() => run(problem, {})).toThrow('not finite');
    expect(tf.memory().numTensors).toBe(before);
    problem.dispose();
  });

  test.each(NORMS)('%s: a second restart starts half of epsilon away, in the box', (norm) => {
    const problem = smallProblem([grey], [0], 2, linearModel(grey.map(() => [1, 0.9])));
    // Margin 0.6, at most epsilon * 0.1 * 12 of it can go.
    const { shares } = run(problem, { norm, epsilon: 0.2, steps: 2, restarts: 2 });
    expect(shares).toHaveLength(1 + 2 * 2 * 2);
    const [second = []] = problem.shown[5] ?? [];
    expect(
      lengthOf(
        norm,
        second.map((x) => x - 0.5),
      ),
    ).toBeCloseTo(0.1, 6);
    expect(new Set(second).size).toBeGreaterThan(6);
    problem.dispose();
  });
});

test('what happens to an image does not depend on the batch, nor on when', () => {
  const recorded = readRecorded();
  const rows = [0, 2, 3, 7, 9];
  const changes = { epsilon: 0.02, steps: 6, targetClasses: 2, restarts: 2 };
  const together = recordedProblem(recorded, rows);
  const { perturbations } = run(together, changes);
  expect(run(together, changes).perturbations).toEqual(perturbations);
  expect(perturbations.some((delta) => delta.some((d) => d !== 0))).toBe(true);
  for (const [n, row] of rows.entries()) {
    const alone = recordedProblem(recorded, [row]);
    const [delta = []] = run(alone, changes).perturbations;
    for (const [i, d] of delta.entries()) expect(d).toBeCloseTo(perturbations[n]?.[i] as number, 5);
    alone.dispose();
  }
  together.dispose();
});

describe('memory and progress', () => {
  test('the share grows to 1 where no image leaves, and one tensor is left', () => {
    const problem = recordedProblem(readRecorded(), [0, 6]);
    const steps = fab(problem, settings({ epsilon: 0.001, steps: 3, targetClasses: 2 }));
    expectSteadyRun(problem, steps, 13);
  });

  test.each([0, 1, 2, 3])('a stop after %d queries leaves none', (queries) => {
    const problem = recordedProblem(readRecorded());
    expectNothingLeft(problem, fab(problem, settings({})), queries);
  });
});
