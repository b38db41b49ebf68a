import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attribute } from '../../../src/engine/attribution/attribute.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { type TensorData, writeSafetensors } from '../../../src/engine/clip/safetensors.ts';
import { readLogits } from '../../../src/engine/evaluation/attack-images.ts';
import { evaluate } from '../../../src/engine/evaluation/evaluate.ts';
import { readPerturbation } from '../../../src/engine/evaluation/keep-perturbation.ts';
import { predict } from '../../../src/engine/evaluation/predict.ts';
import { ImageLoader } from '../../../src/engine/images/image-loader.ts';
import { CHECKPOINT_NAME, readCheckpoint } from '../../../src/engine/training/checkpoint.ts';
import { imageLogits, textEncoding } from '../../../src/engine/training/prompted-clip.ts';
import { train } from '../../../src/engine/training/train.ts';
import { openTuned } from '../../../src/engine/training/tuned-clip.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  type EvaluateEvent,
  type EvaluateJob,
  evaluateEventSchema,
  type TunedModel,
} from '../../../src/shared/engine-contract.ts';
import type { Outcome } from '../../../src/shared/results.ts';
import {
  collect,
  makeSmallData,
  type SmallData,
  smallConfig,
  TASK,
  trainJob,
} from '../support/small-run.ts';

let folder: string;
let data: SmallData;
let zeroShot: TunedModel;
let tuned: TunedModel;

beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-evaluate-'));
  data = await makeSmallData(folder, 9);
  const model = { path: data.model };
  zeroShot = { config: smallConfig('zero-shot'), model, task: TASK, checkpoint: null };
  const job = trainJob(data, 'run', smallConfig('advmaple', { epochs: 1 }));
  await collect(train(job, new AbortController().signal));
  const checkpoint = join(job.runFolder, CHECKPOINT_NAME);
  tuned = { config: job.config, model, task: TASK, checkpoint };
});
afterAll(() => rm(folder, { recursive: true }));

const pgdOf = (changes: Partial<EvaluationAttack> = {}) =>
  evaluationAttackSchema.parse({
    name: 'pgd',
    epsilon: 2 / 255,
    stepSize: 1 / 255,
    steps: 4,
    ...changes,
  });
const NONE = evaluationAttackSchema.parse({ name: 'none' });

function jobOf(changes: Partial<EvaluateJob> = {}): EvaluateJob {
  return {
    tuned,
    examples: data.examples,
    attack: pgdOf(),
    attacker: null,
    batchSize: 4,
    perturbationFolder: null,
    ...changes,
  };
}

async function outcomesOf(changes: Partial<EvaluateJob> = {}): Promise<Outcome[]> {
  const events = await collect(evaluate(jobOf(changes), new AbortController().signal));
  for (const event of events) expect(() => evaluateEventSchema.parse(event)).not.toThrow();
  expect(events[events.length - 1]).toEqual({ type: 'end', status: 'finished' });
  return events.flatMap((event) => (event.type === 'outcomes' ? event.outcomes : []));
}

/** Exact in everything that is counted; margins may differ in the last bits of float32. */
function expectSame(actual: Outcome[], expected: Outcome[]): void {
  const counted = (o: Outcome) => ({ ...o, margin: 0 });
  const differing = actual.filter(
    (o, i) => JSON.stringify(counted(o)) !== JSON.stringify(counted(expected[i] as Outcome)),
  );
  expect(differing.map(({ id }) => id)).toEqual([]);
  for (const [i, { margin, id }] of actual.entries()) {
    expect(Math.abs(margin - (expected[i] as Outcome).margin), id).toBeLessThan(2e-3);
  }
}

describe.each(['zero-shot', 'advmaple'] as const)('%s', (name) => {
  const model = () => (name === 'zero-shot' ? zeroShot : tuned);

  test('one outcome an example, in order, with the label and the clean prediction', async () => {
    const outcomes = await outcomesOf({ tuned: model() });
    expect(outcomes.map(({ id, label }) => ({ id, label }))).toEqual(
      data.examples.map(({ id, label }) => ({ id, label })),
    );
    const probabilities = await predict({
      tuned: model(),
      paths: data.examples.map((e) => e.path),
    });
    for (const [i, { probabilities: row }] of probabilities.entries()) {
      expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(row.indexOf(Math.max(...row))).toBe(outcomes[i]?.clean);
    }
  });

  test('epsilon 0 gives the natural outcome exactly', async () => {
    const natural = await outcomesOf({ tuned: model(), attack: NONE });
    const attacked = await outcomesOf({ tuned: model(), attack: pgdOf({ epsilon: 0 }) });
    for (const [i, outcome] of attacked.entries()) {
      const plain = natural[i] as Outcome;
      expect(plain).toMatchObject({ adversarial: null, perturbation: null });
      expect(outcome.clean).toBe(plain.clean);
      expect(outcome.adversarial).toBe(plain.clean);
      expect(outcome.margin).toBe(plain.margin);
      expect(outcome.fellAt).toBe(outcome.clean === outcome.label ? null : 0);
    }
  });

  test('batches of 1, 7 and 64 agree, image by image', async () => {
    const one = await outcomesOf({ tuned: model(), batchSize: 1 });
    for (const batchSize of [7, 64])
      expectSame(await outcomesOf({ tuned: model(), batchSize }), one);
  });

  test('the order of the examples does not matter', async () => {
    const forward = await outcomesOf({ tuned: model() });
    const backward = await outcomesOf({ tuned: model(), examples: [...data.examples].reverse() });
    expectSame(backward.reverse(), forward);
  });
});

describe('outcomes', () => {
  test('no attack: margin and fellAt are those of the clean image', async () => {
    for (const outcome of await outcomesOf({ attack: NONE })) {
      const right = outcome.clean === outcome.label;
      expect(outcome.fellAt).toBe(right ? null : 0);
      expect(outcome.margin > 0).toBe(right);
      expect(outcome.adversarial).toBeNull();
    }
  });

  test('fellAt: 0 wrong when clean, else the first fooled step, and no step beyond the last', async () => {
    const outcomes = await outcomesOf({ attack: pgdOf({ epsilon: 8 / 255, steps: 8 }) });
    const fell = outcomes.filter(({ fellAt }) => fellAt !== null && fellAt > 0);
    expect(fell.length).toBeGreaterThan(0);
    for (const { clean, label, fellAt, adversarial, margin } of outcomes) {
      expect(fellAt === 0).toBe(clean !== label);
      if (fellAt !== null) expect(fellAt).toBeLessThanOrEqual(8);
      if (adversarial !== label) expect(fellAt).not.toBeNull();
      expect(margin > 0).toBe(adversarial === label);
    }
    // The first fooled step is the last one of an attack that has just so many steps.
    const fallen = fell[0] as Outcome;
    const steps = fallen.fellAt as number;
    const example = data.examples.find(({ id }) => id === fallen.id);
    const again = await outcomesOf({
      examples: example ? [example] : [],
      attack: pgdOf({ epsilon: 8 / 255, steps }),
    });
    expect(again[0]?.fellAt).toBe(steps);
    expect(again[0]?.adversarial).not.toBe(fallen.label);
    if (steps > 1) {
      const before = await outcomesOf({
        examples: example ? [example] : [],
        attack: pgdOf({ epsilon: 8 / 255, steps: steps - 1 }),
      });
      expect(before[0]?.fellAt).toBeNull();
    }
  });

  test('more restarts never leave an image that fewer had broken', async () => {
    const one = await outcomesOf({ attack: pgdOf({ restarts: 1 }) });
    const three = await outcomesOf({ attack: pgdOf({ restarts: 3 }) });
    const right = (outcomes: Outcome[]) =>
      outcomes.filter((o) => o.adversarial === o.label).map((o) => o.id);
    expect(right(one)).toEqual(expect.arrayContaining(right(three)));
    for (const [i, outcome] of three.entries()) {
      const before = one[i] as Outcome;
      if (outcome.adversarial === before.adversarial) {
        expect(outcome.margin).toBeLessThanOrEqual(before.margin + 1e-4);
      }
      if (before.fellAt !== null) expect(outcome.fellAt).toBeLessThanOrEqual(before.fellAt);
    }
    expect(three.some((o, i) => o.margin < (one[i] as Outcome).margin - 1e-4)).toBe(true);
  });

  test('the attack follows its seed, its loss and its restarts', async () => {
    const margins = async (changes: Partial<EvaluateJob>) =>
      (await outcomesOf(changes)).map(({ margin }) => margin);
    const base = await margins({});
    expect(await margins({})).toEqual(base);
    const seeded = { ...tuned, config: { ...tuned.config, seed: 2 } };
    expect(await margins({ tuned: seeded })).not.toEqual(base);
    expect(await margins({ attack: pgdOf({ loss: 'kl' }) })).not.toEqual(base);
    expect(await margins({ attack: pgdOf({ steps: 0 }) })).not.toEqual(base);
  });

  test('an attack lowers margins', async () => {
    const natural = await outcomesOf({ attack: NONE });
    const attacked = await outcomesOf();
    for (const [i, { margin, id }] of attacked.entries()) {
      expect(margin, id).toBeLessThan((natural[i] as Outcome).margin);
    }
  });
});

describe('kept perturbations', () => {
  test('reproduce the stored adversarial prediction, within the ball and the pixels', async () => {
    const attack = pgdOf({ epsilon: 4 / 255, restarts: 2 });
    const perturbationFolder = join(folder, 'blobs');
    const outcomes = await outcomesOf({ attack, perturbationFolder });
    const prompted = await openTuned(tuned);
    const loader = new ImageLoader(32, 8, 'crop');
    for (const [i, outcome] of outcomes.entries()) {
      const hash = outcome.perturbation as string;
      const path = join(perturbationFolder, hash.slice(0, 2), hash);
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      expect(digest).toBe(hash);
      const values = await readPerturbation(path, 32);
      const patches = await loader.patches([data.examples[i] as (typeof data.examples)[0]]);
      const delta = loader.toPatches(values, 1);
      const attacked = tf.add(patches, delta) as tf.Tensor3D;
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(attack.epsilon + 1e-6);
      expect(largest).toBeGreaterThan(attack.epsilon / 2);
      const pixels = attacked.dataSync();
      expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
      const logits = tf.tidy(() =>
        imageLogits(prompted, attacked, textEncoding(prompted).features),
      );
      const [read] = readLogits(logits, [outcome.label]);
      expect(read?.predicted).toBe(outcome.adversarial);
      expect(read?.margin).toBeCloseTo(outcome.margin, 3);
      tf.dispose([patches, delta, attacked, logits]);
    }
    prompted.learner.dispose();
  });

  test('one that is missing or cut is named', async () => {
    await expect(readPerturbation(join(folder, 'none'), 32)).rejects.toThrow(/none is missing or/);
    const path = data.examples[0]?.path as string;
    await expect(readPerturbation(path, 32)).rejects.toMatchObject({
      code: 'perturbation-missing',
    });
  });
});

describe('stopping', () => {
  const stopAfter = async (job: EvaluateJob, calls: number) => {
    const controller = new AbortController();
    // Asked from outside while the attack runs, as a person does.
    let left = calls;
    const poll = () => {
      left -= 1;
      if (left <= 0) controller.abort();
      else setImmediate(poll);
    };
    setImmediate(poll);
    return collect(evaluate(job, controller.signal));
  };

  test.each([1, 6])('in the middle of an attack (turn %d) leaves no tensor', async (turns) => {
    const job = jobOf({ attack: pgdOf({ steps: 50, restarts: 3 }) });
    await stopAfter(job, 1);
    const before = tf.memory().numTensors;
    const events = await stopAfter(job, turns);
    expect(events[events.length - 1]).toEqual({ type: 'end', status: 'stopped' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('in the second restart leaves no tensor either', async () => {
    const job = jobOf({
      examples: data.examples.slice(0, 1),
      attack: pgdOf({ steps: 2, restarts: 50 }),
    });
    await stopAfter(job, 1);
    const before = tf.memory().numTensors;
    const events = await stopAfter(job, 12);
    expect(events[events.length - 1]).toEqual({ type: 'end', status: 'stopped' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('after a batch keeps its outcomes', async () => {
    const controller = new AbortController();
    const events: EvaluateEvent[] = await collect(
      evaluate(jobOf({ attack: NONE }), controller.signal),
      (event) => {
        if (event.type === 'outcomes') controller.abort();
      },
    );
    expect(events.map((event) => event.type)).toEqual(['outcomes', 'end']);
    expect(events[0]).toMatchObject({ done: 4, total: 9 });
    expect(events[1]).toMatchObject({ status: 'stopped' });
  });

  test('a caller that walks away, and a run to the end, leave no tensor', async () => {
    await outcomesOf();
    const before = tf.memory().numTensors;
    await outcomesOf({ attack: pgdOf({ restarts: 2, loss: 'kl' }) });
    expect(tf.memory().numTensors).toBe(before);
    for await (const event of evaluate(jobOf({ batchSize: 1 }), new AbortController().signal)) {
      if (event.type === 'outcomes') break;
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a picture that cannot be read ends it with its path and leaves no tensor', async () => {
    const examples = [
      ...data.examples.slice(0, 2),
      { id: 'x', path: join(folder, 'x.png'), label: 0 },
    ];
    const before = tf.memory().numTensors;
    await expect(outcomesOf({ examples })).rejects.toThrow(/x\.png could not be read/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what cannot be counted', () => {
  test('a label beyond the classes is named before anything runs', async () => {
    const examples = [{ ...data.examples[0], label: 3 }] as typeof data.examples;
    await expect(outcomesOf({ examples })).rejects.toThrow(
      /class-0\/picture-0\.png has the label 3, and there are only the classes 0 to 2/,
    );
    const job = { ...trainJob(data, 'foreign', smallConfig('fap')), examples };
    await expect(collect(train(job, new AbortController().signal))).rejects.toMatchObject({
      code: 'class-unknown',
    });
  });

  test('perturbations that cannot be written end it and leave no tensor', async () => {
    const perturbationFolder = data.examples[0]?.path as string;
    await outcomesOf();
    const before = tf.memory().numTensors;
    await expect(outcomesOf({ perturbationFolder })).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('prompts that have run away are an error in evaluation, prediction and explanation', async () => {
    const checkpoint = join(folder, 'runaway.safetensors');
    const good = await readCheckpoint(tuned.checkpoint as string);
    const tensors: Record<string, TensorData> = {};
    for (const [name, { shape, values }] of good.parameters) {
      tensors[`parameter/${name}`] = { shape, data: values.map((v) => v * 1e38) };
    }
    await writeSafetensors(checkpoint, tensors, { format: 'fapt-checkpoint', step: '1' });
    const runaway = { ...tuned, checkpoint };
    const code = { code: 'logits-not-finite' };
    const paths = [data.examples[0]?.path as string];
    await expect(outcomesOf({ tuned: runaway, attack: NONE })).rejects.toMatchObject(code);
    await expect(predict({ tuned: runaway, paths })).rejects.toMatchObject(code);
    const example = data.examples[0] as (typeof data.examples)[0];
    const job = { tuned: runaway, example, perturbation: null, attack: NONE, target: null };
    await expect(attribute(job)).rejects.toMatchObject(code);
  });
});

describe('readLogits', () => {
  const read = (rows: number[][], labels: number[]) =>
    tf.tidy(() => readLogits(tf.tensor2d(rows), labels));

  test('margin is the true logit less the best other', () => {
    expect(read([[3, 2, 5, 1]], [1])).toMatchObject([{ predicted: 2, margin: -3 }]);
    expect(read([[3, 2, 5, 1]], [2])).toMatchObject([{ predicted: 2, margin: 2 }]);
  });

  test('of equal logits the first class wins, at margin 0', () => {
    expect(read([[1, 4, 4]], [1])).toMatchObject([{ predicted: 1, margin: 0 }]);
    expect(read([[1, 4, 4]], [2])).toMatchObject([{ predicted: 1, margin: 0 }]);
  });

  test('with one class the margin is the logit itself', () => {
    expect(read([[7]], [0])).toMatchObject([{ predicted: 0, margin: 7 }]);
  });

  test('logits that are no numbers are an error, never class 0', () => {
    expect(() =>
      read(
        [
          [1, 2],
          [Number.NaN, Number.NaN],
        ],
        [0, 0],
      ),
    ).toThrow(/not finite/);
  });
});

describe('a dataset of one class', () => {
  test('can be evaluated, attacked and explained', async () => {
    const task = { ...TASK, classNames: ['b'] };
    const examples = data.examples.slice(0, 2).map((example) => ({ ...example, label: 0 }));
    for (const model of [zeroShot, tuned]) {
      const single = { ...model, task };
      const outcomes = await outcomesOf({ tuned: single, examples });
      expect(outcomes.map(({ clean, adversarial }) => [clean, adversarial])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      const found = await attribute({
        tuned: single,
        example: examples[0] as (typeof examples)[0],
        perturbation: null,
        attack: pgdOf(),
        target: null,
      });
      expect(found.image.clean.every(Number.isFinite)).toBe(true);
      expect(found.tokens).toHaveLength(found.text.clean.length);
    }
  });

  test.each(['autoattack', 'apgd', 'fab', 'square'] as const)(
    'meets %s, which fools nothing and says so',
    async (name) => {
      const task = { ...TASK, classNames: ['b'] };
      const examples = data.examples.slice(0, 2).map((example) => ({ ...example, label: 0 }));
      const attack = pgdOf({ name, steps: 3 });
      const job = jobOf({ tuned: { ...zeroShot, task }, examples, attack });
      const events = await collect(evaluate(job, new AbortController().signal));
      const outcomes = events.flatMap((one) => (one.type === 'outcomes' ? one.outcomes : []));
      expect(outcomes.map(({ clean, adversarial }) => [clean, adversarial])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      for (const { margin } of outcomes) expect(Number.isFinite(margin)).toBe(true);
      const warnings = events.flatMap((one) => (one.type === 'warning' ? [one.warning] : []));
      expect(warnings.map(({ message }) => message).join()).toMatch(/class/);
    },
  );

  test.each(['coop', 'fap', 'cba-fapt'] as const)(
    'trains %s with finite losses',
    async (method) => {
      const config = smallConfig(method, { epochs: 1, batchSize: 4 });
      config.prompts = { ...config.prompts, contextLength: 2 };
      const job = {
        ...trainJob(data, `one-class-${method}`, config),
        task: { ...TASK, classNames: ['b'] },
        examples: data.examples.slice(0, 4).map((example) => ({ ...example, label: 0 })),
      };
      const events = await collect(train(job, new AbortController().signal));
      const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
      expect(losses.length).toBeGreaterThan(0);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(events.at(-1)).toMatchObject({ type: 'end', status: 'finished' });
    },
  );
});

describe('attribute', () => {
  const jobFor = (changes: object = {}) => ({
    tuned,
    example: data.examples[1] as (typeof data.examples)[0],
    perturbation: null,
    attack: pgdOf(),
    target: null,
    ...changes,
  });

  test('explains the evaluation\u2019s own adversarial image, made again or kept', async () => {
    const perturbationFolder = join(folder, 'explained');
    const outcomes = await outcomesOf({ perturbationFolder });
    const { perturbation, adversarial } = outcomes[1] as Outcome;
    const path = join(perturbationFolder, (perturbation ?? '').slice(0, 2), perturbation ?? '');
    const made = await attribute(jobFor());
    const kept = await attribute(jobFor({ perturbation: path }));
    const best = (row: number[]) => row.indexOf(Math.max(...row));
    expect(best(kept.logits.adversarial)).toBe(adversarial);
    expect(best(kept.logits.clean)).toBe(outcomes[1]?.clean);
    for (const [i, value] of kept.logits.adversarial.entries()) {
      expect(made.logits.adversarial[i]).toBeCloseTo(value, 3);
    }
  });

  test('gives a map of the grid and one number a token, and its own drift', async () => {
    const found = await attribute(jobFor({ target: 2 }));
    expect(found.grid).toEqual([4, 4]);
    expect(found.image.clean).toHaveLength(16);
    expect(found.tokens.slice(0, 2)).toEqual(['[1]', '[2]']);
    expect(found.text.adversarial).toHaveLength(found.tokens.length);
    expect(found.target).toBe(2);
    const squares = found.image.clean.map((v, i) => (v - (found.image.adversarial[i] ?? 0)) ** 2);
    const length = Math.sqrt(squares.reduce((a, b) => a + b));
    expect(found.drift.imageL2 / length).toBeCloseTo(1, 4);
    expect(found.drift.textKl).toBeGreaterThan(0);
    const { clean, adversarial, size } = found.pixels;
    expect(clean).toHaveLength(3 * size * size);
    const moved = clean.map((v, i) => Math.abs(v - (adversarial[i] ?? 0)));
    expect(Math.max(...moved)).toBeLessThanOrEqual(2 / 255 + 1e-6);
  });

  test('a class that does not exist, or a picture that cannot be read, leave no tensor', async () => {
    await attribute(jobFor());
    const before = tf.memory().numTensors;
    await attribute(jobFor());
    await expect(attribute(jobFor({ target: 3 }))).rejects.toThrow(/no class 3.*0 to 2/);
    const example = { id: 'x', path: join(folder, 'x.png'), label: 0 };
    await expect(attribute(jobFor({ example }))).rejects.toThrow(/x\.png/);
    const perturbation = join(folder, 'none');
    await expect(attribute(jobFor({ perturbation }))).rejects.toThrow(/evaluate again/);
    expect(tf.memory().numTensors).toBe(before);
  });
});
