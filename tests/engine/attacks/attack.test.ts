import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { attackSteps } from '../../../src/engine/attacks/attack.ts';
import { attackWarnings } from '../../../src/engine/attacks/attack-warnings.ts';
import type { WorstCase } from '../../../src/engine/attacks/worst-case.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { stream, uniform } from '../../../src/engine/random.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  type FlatModel,
  lengthOf,
  linearModel,
  readRecorded,
  recordedProblem,
  type SmallProblem,
  smallProblem,
} from './small-problems.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

type Changes = Partial<EvaluationAttack> & Pick<EvaluationAttack, 'name'>;
const attackOf = (changes: Changes) =>
  evaluationAttackSchema.parse({ epsilon: 0.05, stepSize: 0.02, steps: 10, ...changes });

function finish(problem: SmallProblem, changes: Changes): WorstCase {
  const steps = attackSteps(problem, attackOf(changes));
  let before = 0;
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
    expect(next.value).toBeGreaterThanOrEqual(before);
    expect(next.value).toBeLessThanOrEqual(1 + 1e-9);
    before = next.value;
  }
}

const margins = ({ reads }: WorstCase) => reads.map((read) => read?.margin as number);
const fooled = ({ reads }: WorstCase) => reads.map((read) => read?.fooled as boolean);
const rowsOf = ({ values, reads }: WorstCase) => {
  const length = values.length / reads.length;
  return reads.map((_, row) => [...values.subarray(row * length, (row + 1) * length)]);
};

const NORMS = ['linf', 'l2'] as const;
const PIXELS = 12;
const grey = Array<number>(PIXELS).fill(0.5);

describe('a linear model has a closed form', () => {
  const w = [...uniform(stream('w'), PIXELS, -1, 1)];
  const [l1, l2] = [w.reduce((sum, v) => sum + Math.abs(v), 0), Math.hypot(...w)];
  /** Margin w . (x - 1/2) + 3 against class 1; classes 2 and 3 lie far behind, at -20 and -30. */
  const model: FlatModel = (flat) => {
    const own = tf.add(tf.matMul(tf.sub(flat, 0.5) as tf.Tensor2D, tf.tensor2d(w, [PIXELS, 1])), 3);
    const rest = tf.tensor2d([[0, -20, -30]]);
    return tf.concat([own, tf.tile(rest, [flat.shape[0], 1])], 1) as tf.Tensor2D;
  };
  const falls = { linf: 0.05 * l1, l2: 0.05 * l2 };
  // KL climbs as well by making the prediction surer: which way a random start decides.
  const loss = ['ce', 'margin', 'dlr', 'dlr-targeted'] as const;
  const cases = NORMS.flatMap((norm) =>
    (['pgd', 'apgd'] as const).flatMap((name) => loss.map((l) => [name, norm, l] as const)),
  );

  test.each(cases)('%s %s %s: the margin falls by eps ||w||', (name, norm, loss) => {
    const problem = smallProblem([grey], [0], 4, model);
    const steps = name === 'apgd' ? 100 : 30;
    const worst = finish(problem, { name, norm, loss, steps, targetClasses: 1 });
    expect(margins(worst)[0]).toBeCloseTo(3 - falls[norm], 4);
    const delta = rowsOf(worst)[0] as number[];
    for (const [i, d] of delta.entries()) {
      const wanted =
        norm === 'linf' ? -0.05 * Math.sign(w[i] as number) : (-0.05 * (w[i] as number)) / l2;
      expect(d).toBeCloseTo(wanted, 3);
    }
    expect(worst.fooledAt).toEqual([null]);
    problem.dispose();
  });

  test('one l2 step goes stepSize along the gradient, then back on the ball', () => {
    const problem = smallProblem([grey], [0], 4, model);
    for (const [stepSize, length] of [
      [0.02, 0.02],
      [0.2, 0.05],
    ] as const) {
      const changes = { name: 'pgd', norm: 'l2', stepSize, steps: 1, randomStart: false } as const;
      const [delta] = rowsOf(finish(problem, changes));
      expect(lengthOf('l2', delta as number[])).toBeCloseTo(length, 6);
    }
    problem.dispose();
  });

  test.each(['pgd', 'apgd'] as const)('%s in a corner of the box moves only inwards', (name) => {
    const corner = w.map((v) => (v > 0 ? 0.01 : 0.5));
    const problem = smallProblem([corner], [0], 4, model);
    const [delta] = rowsOf(finish(problem, { name, steps: 60 }));
    for (const [i, d] of (delta as number[]).entries()) {
      expect(d).toBeCloseTo((w[i] as number) > 0 ? -0.01 : 0.05, 5);
    }
    problem.dispose();
  });
});

describe('noise', () => {
  const flat = linearModel(Array.from({ length: 48 }, (_, i) => [i % 2, 0.1]));
  const images = Array.from({ length: 40 }, () => Array<number>(48).fill(0.5));

  test('l-inf: every pixel uniform in the ball', () => {
    const problem = smallProblem(images, Array(40).fill(0), 2, flat, { patchSize: 4 });
    const values = rowsOf(finish(problem, { name: 'noise' })).flat();
    const share = (limit: number) => values.filter((v) => Math.abs(v) < limit).length / 1920;
    expect(share(0.05 + 1e-9)).toBe(1);
    expect(share(0.025)).toBeGreaterThan(0.45);
    expect(share(0.025)).toBeLessThan(0.55);
    problem.dispose();
  });

  test('l2: uniform in the ball, so that lengths are u^(1/48) of it', () => {
    const problem = smallProblem(images, Array(40).fill(0), 2, flat, { patchSize: 4 });
    const lengths = rowsOf(finish(problem, { name: 'noise', norm: 'l2' })).map(
      (row) => lengthOf('l2', row) / 0.05,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1 + 1e-5);
    // The middle length is 0.5^(1/48) = 0.9857; half of them lie on either side.
    const above = lengths.filter((v) => v > 0.5 ** (1 / 48)).length;
    expect(above).toBeGreaterThan(10);
    expect(above).toBeLessThan(30);
    problem.dispose();
  });

  test('more draws keep the worst of each image', () => {
    const problem = recordedProblem(readRecorded());
    const one = margins(finish(problem, { name: 'noise' }));
    const five = margins(finish(problem, { name: 'noise', restarts: 5 }));
    expect(five.some((margin, i) => margin < (one[i] as number))).toBe(true);
    for (const [i, margin] of five.entries()) expect(margin).toBeLessThanOrEqual(one[i] as number);
    problem.dispose();
  });
});

describe('options of PGD', () => {
  /** Two classes; the margin is a parabola of the mean pixel with its valley at 0.51. */
  const valley: FlatModel = (flat) => {
    const away = tf.sub(tf.mean(flat, 1, true), 0.51);
    const own = tf.add(tf.mul(tf.square(away), 1000), 0.5);
    return tf.concat([own, tf.zerosLike(own)], 1) as tf.Tensor2D;
  };

  test('the best iterate is the one of highest loss, the last the last', () => {
    const problem = smallProblem([grey], [0], 2, valley);
    // From 0.5 by 0.01: 0.51 (the valley; the gradient is 0 but for rounding), so step by 0.008:
    // 0.508, 0.516, 0.508, 0.516. The best is 0.508, at margin 0.504; after two steps the last is 0.516.
    const settings = {
      name: 'pgd',
      loss: 'margin',
      stepSize: 0.008,
      steps: 2,
      randomStart: false,
    } as const;
    const best = margins(finish(problem, { ...settings, iterate: 'best' }))[0];
    const last = margins(finish(problem, { ...settings, iterate: 'last' }))[0];
    expect(best).toBeCloseTo(0.5 + 1000 * 0.002 ** 2, 4);
    expect(last).toBeCloseTo(0.5 + 1000 * 0.006 ** 2, 4);
    problem.dispose();
  });

  test('an image that stops when fooled keeps its first fooled iterate', () => {
    // Margin 1 - 20 (mean - 0.5): 0 at 0.55. By 0.02: 0.52, 0.54, 0.56 (fooled), 0.58, ...
    const problem = smallProblem([grey, Array(PIXELS).fill(0.4)], [0, 0], 2, (flat) => {
      const away = tf.sub(tf.mean(flat, 1, true), 0.5);
      const own = tf.sub(1, tf.mul(away, 20));
      return tf.concat([own, tf.zerosLike(own)], 1) as tf.Tensor2D;
    });
    const settings = { name: 'pgd', epsilon: 0.1, steps: 6, randomStart: false } as const;
    const worst = finish(problem, { ...settings, stopWhenFooled: true });
    expect(worst.fooledAt).toEqual([3, null]);
    const [first, second] = rowsOf(worst) as [number[], number[]];
    for (const d of first) expect(d).toBeCloseTo(0.06, 5);
    for (const d of second) expect(d).toBeCloseTo(0.1, 5);
    expect(margins(worst)[0]).toBeCloseTo(1 - 20 * 0.06, 4);
    // The fooled image is not shown any more after its three steps.
    expect(problem.shown.map((images) => images.length)).toEqual([2, 2, 2, 2, 1, 1, 1]);
    const all = finish(problem, settings);
    expect(all.fooledAt).toEqual([3, null]);
    expect(margins(all)[0]).toBeCloseTo(1 - 20 * 0.1, 4);
    problem.dispose();
  });

  test('images whose first gradient is 0 everywhere are counted; they stay where they are', () => {
    const problem = smallProblem([grey, Array(PIXELS).fill(0.4)], [0, 0], 2, (flat) => {
      const away = tf.relu(tf.sub(tf.mean(flat, 1, true), 0.45));
      const own = tf.sub(1, away);
      return tf.concat([own, tf.zerosLike(own)], 1) as tf.Tensor2D;
    });
    for (const norm of NORMS) {
      const settings = { norm, randomStart: false, epsilon: 0.04, steps: 3 } as const;
      for (const name of ['pgd', 'apgd'] as const) {
        const worst = finish(problem, { ...settings, name });
        expect(worst.zeroGradientImages).toBe(1);
        expect(rowsOf(worst)[1]?.every((d) => d === 0)).toBe(true);
        expect(rowsOf(worst)[0]?.every((d) => d > 0)).toBe(true);
      }
    }
    problem.dispose();
  });

  test('right at the start: at no cost with a random start, not known without', () => {
    const problem = recordedProblem(readRecorded());
    const worst = finish(problem, { name: 'pgd', steps: 0 });
    expect(worst.rightAtStart).toBe(fooled(worst).filter((f) => !f).length);
    expect(finish(problem, { name: 'pgd', randomStart: false }).rightAtStart).toBeNull();
    expect(finish(problem, { name: 'autoattack', steps: 1 }).rightAtStart).toBeNull();
    problem.dispose();
  });
});

describe('every attack on a small network', () => {
  const recorded = readRecorded();
  const ATTACKS: Changes[] = NORMS.flatMap((norm) => {
    const { epsilon } = recorded[norm];
    const size = { norm, epsilon, stepSize: epsilon / 4 };
    return [
      { ...size, name: 'noise' },
      { ...size, name: 'pgd' },
      { ...size, name: 'pgd', stopWhenFooled: true, restarts: 2 },
      { ...size, name: 'pgd', loss: 'dlr', iterate: 'best' },
      { ...size, name: 'apgd' },
      { ...size, name: 'apgd', loss: 'dlr-targeted', targetClasses: 2 },
      { ...size, name: 'fab', steps: 5 },
      { ...size, name: 'square', steps: 50 },
      { ...size, name: 'autoattack', steps: 4 },
    ] satisfies Changes[];
  });
  const titleOf = (a: Changes) => [a.name, a.norm, a.loss, a.iterate].filter(Boolean).join(' ');

  test.each(ATTACKS.map((a) => [titleOf(a), a] as const))('%s', (_, attack) => {
    const problem = recordedProblem(recorded);
    const before = tf.memory().numTensors;
    const worst = finish(problem, attack);
    expect(tf.memory().numTensors, 'finished').toBe(before);
    const [norm, epsilon] = [attack.norm ?? 'linf', attack.epsilon as number];
    const clean = recorded.images;
    const rows = rowsOf(worst);
    expect(Math.max(...rows.map((row) => lengthOf(norm, row)))).toBeLessThanOrEqual(
      epsilon * (1 + 1e-5),
    );
    // Whatever the model is shown lies in the box.
    expect(problem.shown.flat(2).filter((x) => !(x >= 0 && x <= 1))).toEqual([]);
    expect(rows).toHaveLength(clean.length);

    // Alone or in company the same, up to rounding.
    for (const row of [0, 7, clean.length - 1]) {
      const alone = recordedProblem(recorded, [row]);
      const single = finish(alone, attack);
      const own = rowsOf(single)[0] as number[];
      for (const [i, d] of own.entries()) {
        expect(Math.abs(d - ((rows[row] as number[])[i] as number))).toBeLessThan(1e-4 * epsilon);
      }
      expect(fooled(single)[0]).toBe(fooled(worst)[row]);
      expect(single.fooledAt[0]).toBe(worst.fooledAt[row]);
      alone.dispose();
    }

    // A stop after any of the first steps leaves nothing.
    for (const stop of [0, 1, 2, 5]) {
      const held = tf.memory().numTensors;
      const steps = attackSteps(problem, attackOf(attack));
      for (let i = 0; i < stop; i += 1) steps.next();
      steps.return(undefined as never);
      expect(tf.memory().numTensors, `stopped after ${stop}`).toBe(held);
    }
    problem.dispose();
  });

  test.each(ATTACKS.map((a) => [titleOf(a), a] as const))('%s in a ball of 0', (_, attack) => {
    const problem = recordedProblem(recorded);
    const natural = finish(problem, { name: 'none' });
    const worst = finish(problem, { ...attack, epsilon: 0 });
    expect(worst.values.every((d) => d === 0)).toBe(true);
    expect(worst.reads.map((read) => read?.predicted)).toEqual(
      natural.reads.map((read) => read?.predicted),
    );
    problem.dispose();
  });

  test('logits that are no numbers are an error that leaves nothing', () => {
    const problem = recordedProblem(recorded);
    const broken = {
      ...problem,
      logits: (pixels: tf.Tensor3D) => tf.mul(problem.logits(pixels), Number.NaN) as tf.Tensor2D,
    };
    const before = tf.memory().numTensors;
    for (const attack of ATTACKS) {
      expect(() => finish(broken, attack)).toThrow(/not finite/);
      expect(tf.memory().numTensors, titleOf(attack)).toBe(before);
    }
    problem.dispose();
  });

  test.each(NORMS)('%s: a stronger attack leaves no image that a weaker one fooled', (norm) => {
    const problem = recordedProblem(recorded);
    const epsilon = recorded[norm].epsilon * 0.9;
    const size = { norm, epsilon, stepSize: epsilon / 4, steps: 8 } as const;
    const run = (changes: Changes) => fooled(finish(problem, { ...size, ...changes }));
    const count = (found: boolean[]) => found.filter(Boolean).length;
    const expectStronger = (strong: boolean[], weak: boolean[]) => {
      for (const [row, broken] of weak.entries()) if (broken) expect(strong[row]).toBe(true);
    };
    const any = { name: 'pgd', stopWhenFooled: true } as const;
    const pgd = run(any);
    expectStronger(run({ ...any, steps: 20 }), pgd);
    expectStronger(run({ ...any, restarts: 4 }), pgd);
    expectStronger(run({ name: 'apgd', restarts: 3 }), run({ name: 'apgd' }));
    const auto = finish(problem, { ...size, name: 'autoattack' });
    const parts = {
      'apgd-ce': run({ name: 'apgd' }),
      'apgd-t': run({ name: 'apgd', loss: 'dlr-targeted' }),
      'fab-t': run({ name: 'fab' }),
      square: run({ name: 'square', steps: 400 }),
    };
    for (const part of Object.values(parts)) expectStronger(fooled(auto), part);
    expect(count(fooled(auto))).toBeGreaterThan(0);
    expect(count(fooled(auto))).toBeLessThan(recorded.labels.length);
    // The name of the first of them that fooled it; an image wrong as it is has left before.
    const natural = fooled(finish(problem, { name: 'none' }));
    for (const [row, by] of auto.by.entries()) {
      const first = Object.entries(parts).find(([, found]) => found[row])?.[0] ?? null;
      expect(by).toBe(natural[row] ? null : first);
    }
    problem.dispose();
  });
});

describe('few classes', () => {
  test('one: nothing can be fooled, the image stays, and it is said', () => {
    const problem = smallProblem([grey], [0], 1, linearModel(grey.map((v) => [v])));
    for (const name of ['noise', 'pgd', 'apgd', 'fab', 'square', 'autoattack'] as const) {
      const worst = finish(problem, { name });
      expect(worst.reads).toEqual([{ predicted: 0, margin: 3, fooled: false }]);
      expect(worst.values.every((d) => d === 0)).toBe(true);
      expect(worst.fooledAt).toEqual([null]);
      expect(attackWarnings(attackOf({ name }), 1).map(({ code }) => code)).toEqual([
        'attack-one-class',
      ]);
    }
    problem.dispose();
  });

  test.each([2, 3])('%d: every attack runs, and a loss that cannot be told is named', (classes) => {
    const weights = grey.map((_, i) => Array.from({ length: classes }, (_, k) => (i + k) % 3));
    const problem = smallProblem([grey], [0], classes, linearModel(weights));
    for (const name of ['noise', 'pgd', 'apgd', 'fab', 'square', 'autoattack'] as const) {
      for (const loss of ['dlr', 'dlr-targeted'] as const) {
        expect(finish(problem, { name, loss, steps: 3 }).reads[0]?.margin).toBeTypeOf('number');
      }
    }
    const codes = (changes: Changes) =>
      attackWarnings(attackOf(changes), classes).map(({ code }) => code);
    const few = ['attack-too-few-classes'];
    expect(codes({ name: 'apgd', loss: 'dlr' })).toEqual(classes < 3 ? few : []);
    expect(codes({ name: 'apgd', loss: 'dlr-targeted' })).toEqual(few);
    expect(codes({ name: 'autoattack' })).toEqual(few);
    expect(codes({ name: 'square', loss: 'dlr-targeted' })).toEqual([]);
    expect(codes({ name: 'pgd' })).toEqual([]);
    problem.dispose();
  });

  test('what else is said', () => {
    const codes = (changes: Changes) =>
      attackWarnings(attackOf(changes), 9).map(({ code }) => code);
    expect(codes({ name: 'pgd', loss: 'kl', randomStart: false })).toEqual(['attack-flat-start']);
    expect(codes({ name: 'pgd', loss: 'kl' })).toEqual([]);
    expect(codes({ name: 'apgd', restarts: 2, randomStart: false })).toEqual([
      'attack-restarts-repeat',
    ]);
    expect(codes({ name: 'autoattack' })).toEqual([]);
    expect(codes({ name: 'none' })).toEqual([]);
  });
});
