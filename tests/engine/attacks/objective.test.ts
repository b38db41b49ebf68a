import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasTooFewClasses, objectiveOf } from '../../../src/engine/attacks/objective.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import type { AttackLoss } from '../../../src/shared/attack.ts';
import { smallProblem } from './small-problems.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

/** A loss at given logits, the clean ones being `clean`. */
function lossAt(
  loss: AttackLoss,
  logits: number[][],
  labels: number[],
  clean = logits,
  target = 0,
): number[] {
  const classes = logits[0]?.length ?? 0;
  const problem = smallProblem(
    labels.map(() => Array(12).fill(0.5)),
    labels,
    classes,
    () => tf.tensor2d(clean),
  );
  const objective = objectiveOf(problem, loss, target);
  const values = logits.map((row) => Float32Array.from(row));
  const result = tf.tidy(() => [
    ...objective(tf.tensor2d(logits), values, [...labels.keys()]).dataSync(),
  ]);
  problem.dispose();
  return result;
}

function expectClose(values: number[], wanted: number[]): void {
  expect(values).toHaveLength(wanted.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(wanted[i] as number, 5);
}

describe('by hand', () => {
  const logits = [
    [4, 1, 3, 0],
    [1, 2, 5, 3],
  ];
  const labels = [0, 1];

  test('margin: best other minus true', () => {
    expectClose(lossAt('margin', logits, labels), [3 - 4, 5 - 2]);
  });

  test('DLR: margin over best minus third best', () => {
    expectClose(lossAt('dlr', logits, labels), [-1 / (4 - 1), 3 / (5 - 2)]);
  });

  test('targeted DLR: towards the likeliest wrong class of the clean image, or the one after', () => {
    const clean = [
      [9, 3, 1, 2],
      [0, 9, 1, 8],
    ];
    // Image 1: 1, then 3. Image 2: 3, then 2.
    const spreads = [4 - (1 + 0) / 2, 5 - (2 + 1) / 2] as const;
    expectClose(lossAt('dlr-targeted', logits, labels, clean, 0), [
      (1 - 4) / spreads[0],
      (3 - 2) / spreads[1],
    ]);
    expectClose(lossAt('dlr-targeted', logits, labels, clean, 1), [
      (0 - 4) / spreads[0],
      (5 - 2) / spreads[1],
    ]);
  });

  test('cross-entropy, and KL from the clean prediction', () => {
    const ln = Math.log;
    expectClose(lossAt('ce', [[ln(3), ln(1), 0]], [0]), [ln(5 / 3)]);
    // p_clean = (3, 1) / 4, p = (1, 3) / 4.
    const kl = 0.75 * ln(3) + 0.25 * ln(1 / 3);
    expectClose(lossAt('kl', [[0, ln(3)]], [0], [[ln(3), 0]]), [kl]);
    expectClose(lossAt('kl', logits, labels), [0, 0]);
  });
});

describe('too few classes', () => {
  test('DLR needs three, its targeted form four', () => {
    expect(hasTooFewClasses('dlr', 2)).toBe(true);
    expect(hasTooFewClasses('dlr', 3)).toBe(false);
    expect(hasTooFewClasses('dlr-targeted', 3)).toBe(true);
    expect(hasTooFewClasses('dlr-targeted', 4)).toBe(false);
    expect(hasTooFewClasses('ce', 1)).toBe(false);
  });

  test('then it is the margin, of the target where there is one', () => {
    expectClose(lossAt('dlr', [[4, 1]], [0]), [-3]);
    expectClose(lossAt('dlr-targeted', [[4, 1, 3]], [0], [[4, 1, 3]], 0), [-1]);
    expectClose(lossAt('dlr-targeted', [[4, 1, 3]], [0], [[4, 1, 3]], 1), [-3]);
  });
});
