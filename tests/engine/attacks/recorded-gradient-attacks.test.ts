import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { apgdAscent, windowsOf } from '../../../src/engine/attacks/apgd-ascent.ts';
import { type AscentSettings, ascend } from '../../../src/engine/attacks/ascent.ts';
import { type Objective, objectiveOf } from '../../../src/engine/attacks/objective.ts';
import { pgdAscent } from '../../../src/engine/attacks/pgd-ascent.ts';
import type { Run } from '../../../src/engine/attacks/worst-case.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { type SmallProblem, smallProblem } from './small-problems.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

type Loss = 'ce' | 'kl' | 'margin' | 'dlr' | 'dlr-targeted';
type Recorded = {
  size: number;
  classes: number;
  images: number[][];
  labels: number[];
  w1: number[][];
  w2: number[][];
  pgdSteps: number;
  apgdSteps: number;
} & Record<
  'linf' | 'l2',
  {
    epsilon: number;
    stepSize: number;
    start: number[][];
    pgd: Record<Loss, number[][]>;
    apgd: Record<
      'ce' | 'dlr' | 'dlr-targeted',
      { path: number[][]; losses: number[]; fooledAt: (number | null)[] }
    >;
  }
>;

/** tests/fixtures/attacks/make_fixtures.py */
const path = join(import.meta.dirname, '../../fixtures/attacks/gradient-attacks.json');
const recorded = JSON.parse(readFileSync(path, 'utf8')) as Recorded;
const NORMS = ['linf', 'l2'] as const;
const pixelCount = 3 * recorded.size ** 2;

/** One patch an image, so that patches lie channels first as the recorded pixels do. */
function problemOf(): SmallProblem {
  const { images, labels, classes, size, w1, w2 } = recorded;
  return smallProblem(
    images,
    labels,
    classes,
    (flat) =>
      tf.matMul(
        tf.tanh(tf.matMul(tf.sub(flat, 0.5) as tf.Tensor2D, tf.tensor2d(w1))),
        tf.tensor2d(w2),
      ),
    { patchSize: size },
  );
}

const patches = (rows: number[][]) => tf.tensor3d(rows.flat(), [rows.length, 1, pixelCount]);

function finish(steps: Generator<number, Run>): Run {
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Largest distance of an image's perturbation from the recorded adversarial pixels. */
function distance({ values }: Run, adversarial: number[][], row: number): number {
  const clean = recorded.images[row] as number[];
  const own = values.subarray(row * pixelCount, (row + 1) * pixelCount);
  const wanted = adversarial[row] as number[];
  return Math.max(...clean.map((x, i) => Math.abs(x + (own[i] as number) - (wanted[i] as number))));
}

const rows = [...recorded.labels.keys()];
const LAST: AscentSettings = { steps: recorded.pgdSteps, keep: 'last', stopWhenFooled: false };

describe.each(NORMS)('PGD %s', (norm) => {
  const { epsilon, stepSize, start, pgd } = recorded[norm];

  test.each(['ce', 'kl', 'margin', 'dlr', 'dlr-targeted'] as const)('%s', (loss) => {
    const problem = problemOf();
    // torchattacks' own PGD was started at the image, the others at the recorded start.
    const from = loss === 'ce' ? tf.zerosLike(problem.pixels) : patches(start);
    const ascent = pgdAscent(problem, from, { norm, epsilon }, stepSize);
    // The second likeliest wrong class was recorded.
    const run = finish(ascend(problem, ascent, objectiveOf(problem, loss, 1), LAST));
    for (const row of rows)
      expect(distance(run, pgd[loss], row), `image ${row}`).toBeLessThan(2e-6);
    tf.dispose(from);
    problem.dispose();
  });
});

describe.each(NORMS)('APGD %s', (norm) => {
  const { epsilon, start, apgd } = recorded[norm];

  test.each(['ce', 'dlr', 'dlr-targeted'] as const)('%s', (loss) => {
    const wanted = apgd[loss];
    const problem = problemOf();
    const from = patches(start);
    const objective = objectiveOf(problem, loss, 0);
    const seen: number[][] = [];
    const watched: Objective = (...query) => {
      const losses = objective(...query);
      seen.push([...losses.dataSync()]);
      return losses;
    };
    const ascent = apgdAscent(problem, from, { norm, epsilon }, recorded.apgdSteps);
    const settings = { steps: recorded.apgdSteps, keep: 'worst', stopWhenFooled: false } as const;
    const run = finish(ascend(problem, ascent, watched, settings));
    // torchattacks counts the wrong last image's own class among its targets.
    const compared = loss === 'dlr-targeted' ? rows.slice(0, -1) : rows;
    for (const row of compared) {
      expect(run.fooledAt[row], `fooled step of image ${row}`).toBe(wanted.fooledAt[row]);
      expect(run.reads[row]?.fooled).toBe(wanted.fooledAt[row] !== null);
      // Where the true class is third or less DLR is flat at 1: which way a step goes there is rounding.
      if (loss === 'dlr' && wanted.path.some((losses) => Math.abs((losses[row] ?? 0) - 1) < 1e-3)) {
        continue;
      }
      const distances = wanted.path.map((losses, step) =>
        Math.abs((losses[row] as number) - (seen[step]?.[row] as number)),
      );
      // Where ranks of logits change places, torchattacks in float32 strays as far from itself in float64.
      const bound = loss === 'dlr-targeted' && norm === 'l2' ? 3e-3 : 1e-5;
      expect(Math.max(...distances), `losses of image ${row}`).toBeLessThan(bound);
      const best = Math.max(...seen.map((losses) => losses[row] as number));
      expect(Math.abs(best - (wanted.losses[row] as number)), `image ${row}`).toBeLessThan(1e-3);
    }
    tf.dispose(from);
    problem.dispose();
  });
});

test('the checkpoints of the paper at 100 steps, and at others', () => {
  expect([...windowsOf(100)]).toEqual([
    [22, 22],
    [41, 19],
    [57, 16],
    [70, 13],
    [80, 10],
    [87, 7],
    [93, 6],
    [99, 6],
  ]);
  // ceil of 2.2, 4.1, 5.7, 7, 8, 8.7, 9.3, 9.9; of two at one place there is one.
  expect([...windowsOf(10).keys()]).toEqual([3, 5, 6, 7, 8, 9, 10]);
  expect(windowsOf(0).size).toBe(0);
});
