import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { CHECKPOINT_NAME, readCheckpoint } from '../../../src/engine/training/checkpoint.ts';
import { train } from '../../../src/engine/training/train.ts';
import { openTuned } from '../../../src/engine/training/tuned-clip.ts';
import {
  type TrainEvent,
  type TrainJob,
  trainEventSchema,
} from '../../../src/shared/engine-contract.ts';
import { FaptError } from '../../../src/shared/errors.ts';
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

beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-train-'));
  // 9 pictures in batches of 4: 2 steps an epoch and 1 picture skipped.
  data = await makeSmallData(folder, 9);
});
afterAll(() => rm(folder, { recursive: true }));

const never = () => new AbortController().signal;
const run = (job: TrainJob) => collect(train(job, never()));
const checkpointOf = (job: TrainJob) => readFile(join(job.runFolder, CHECKPOINT_NAME));

/** Runs until the event `when`, then asks to stop and takes what still comes. */
async function stopAt(job: TrainJob, when: (event: TrainEvent) => boolean): Promise<TrainEvent[]> {
  const controller = new AbortController();
  return collect(train(job, controller.signal), (event) => {
    if (when(event)) controller.abort();
  });
}

const atStep = (step: number) => (event: TrainEvent) =>
  event.type === 'step' && event.step === step;
const steps = (events: TrainEvent[]) => events.filter((event) => event.type === 'step');
/** What must repeat; seconds never do. */
const numbers = (events: TrainEvent[]) => steps(events).map((event) => ({ ...event, seconds: 0 }));

describe('a run', () => {
  let events: TrainEvent[];
  let job: TrainJob;
  beforeAll(async () => {
    job = trainJob(data, 'run', smallConfig('cba-fapt'));
    events = await run(job);
  });

  test('tells its plan, every step, every epoch, every checkpoint and its end', () => {
    const types = events.map((event) => event.type);
    const epoch = ['step', 'step', 'epoch', 'checkpoint'];
    expect(types).toEqual(['plan', ...epoch, ...epoch, 'end']);
    for (const event of events) expect(() => trainEventSchema.parse(event)).not.toThrow();
    expect(events[0]).toMatchObject({
      stepsPerEpoch: 2,
      totalSteps: 4,
      skippedPerEpoch: 1,
      depth: 4,
      startStep: 0,
      // text.0 2 x 32; project.0 48 x 32 + 48; three deep ones of 2 x 48 and 32 x 48 + 32.
      parameterCount: 2 * 32 + (48 * 32 + 48) + 3 * (2 * 48 + 32 * 48 + 32),
    });
    expect(events[events.length - 1]).toEqual({ type: 'end', status: 'finished', step: 4 });
  });

  test('counts steps over the run, at the epoch\u2019s rate, with every term of the loss', () => {
    for (const [i, event] of steps(events).entries()) {
      if (event.type !== 'step') continue;
      expect([event.step, event.epoch]).toEqual([i + 1, Math.floor(i / 2) + 1]);
      expect(event.learningRate).toBeCloseTo([1e-5, 0.0035][event.epoch - 1] as number, 8);
      const { nat, adv, vaa, taa } = event.terms as Record<string, number>;
      const sum = (nat ?? 0) + 5 * (adv ?? 0) + 0.05 * (vaa ?? 0) + 0.03 * (taa ?? 0);
      expect(event.loss / sum).toBeCloseTo(1, 4);
      expect(event.gradientNorm).toBeGreaterThan(0);
    }
  });

  test('shares of the gradient name every term and sum to 1', () => {
    const epochs = events.filter((event) => event.type === 'epoch');
    expect(epochs).toHaveLength(2);
    for (const { gradientShares } of epochs) {
      expect(Object.keys(gradientShares)).toEqual(['nat', 'adv', 'vaa', 'taa']);
      const shares = Object.values(gradientShares);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      expect(shares.every((share) => share > 0)).toBe(true);
    }
  });

  test('shows the text of class 0 with its learned words marked', () => {
    expect(events[0]).toMatchObject({ promptPreview: expect.stringMatching(/^\S+ \[1\] \[2\] /) });
  });

  test('the checkpoint holds parameters and momentum by name, and loads as a tuned model', async () => {
    const checkpoint = await readCheckpoint(join(job.runFolder, CHECKPOINT_NAME));
    expect(checkpoint.step).toBe(4);
    expect([...checkpoint.parameters.keys()].sort()).toEqual(
      [...checkpoint.momentum.keys()].sort(),
    );
    expect(checkpoint.parameters.get('visual.3')?.shape).toEqual([2, 48]);
    const tuned = await openTuned({
      config: job.config,
      model: job.model,
      task: TASK,
      checkpoint: checkpoint.path,
    });
    const stored = checkpoint.parameters.get('text.0')?.values;
    expect(tuned.learner.parameters.get('text.0')?.dataSync()).toEqual(stored);
    tuned.learner.dispose();
  });

  test('again with the same seed gives the same bits, with another seed others', async () => {
    const again = { ...job, runFolder: join(folder, 'again') };
    expect(numbers(await run(again))).toEqual(numbers(events));
    expect(await checkpointOf(again)).toEqual(await checkpointOf(job));
    const other = { ...job, config: { ...job.config, seed: 2 }, runFolder: join(folder, 'other') };
    expect(numbers(await run(other))).not.toEqual(numbers(events));
  });

  test('stopped in the middle of an epoch and continued ends in the same bits', async () => {
    const stopped = { ...job, runFolder: join(folder, 'stopped') };
    const first = await stopAt(stopped, atStep(3));
    expect(first[first.length - 1]).toEqual({ type: 'end', status: 'stopped', step: 3 });
    expect(first[first.length - 2]).toMatchObject({ type: 'checkpoint', step: 3, epoch: 2 });
    const second = await run({ ...stopped, resume: true });
    expect(second[0]).toMatchObject({ type: 'plan', startStep: 3 });
    expect([...numbers(first), ...numbers(second)]).toEqual(numbers(events));
    expect(await checkpointOf(stopped)).toEqual(await checkpointOf(job));
  });

  test('stopped at the end of an epoch and before the first step, too', async () => {
    const stopped = { ...job, runFolder: join(folder, 'stopped-twice') };
    await stopAt(stopped, atStep(2));
    await stopAt({ ...stopped, resume: true }, (event) => event.type === 'plan');
    await run({ ...stopped, resume: true });
    expect(await checkpointOf(stopped)).toEqual(await checkpointOf(job));
  });

  test('a stop during the last step is no stop: the run is finished', async () => {
    const late = { ...job, runFolder: join(folder, 'late') };
    const all = await stopAt(late, atStep(4));
    expect(all[all.length - 1]).toEqual({ type: 'end', status: 'finished', step: 4 });
  });

  test('resuming a finished run trains nothing more', async () => {
    const before = await checkpointOf(job);
    const again = await run({ ...job, resume: true });
    expect(again.map((event) => event.type)).toEqual(['plan', 'end']);
    expect(await checkpointOf(job)).toEqual(before);
  });

  test('resuming where nothing was saved starts over', async () => {
    const none = { ...job, resume: true, runFolder: join(folder, 'none') };
    expect((await run(none))[0]).toMatchObject({ startStep: 0 });
    expect(await checkpointOf(none)).toEqual(await checkpointOf(job));
  });

  test('a checkpoint of another depth or a damaged one is refused', async () => {
    const deeper = { ...job.config, prompts: { ...job.config.prompts, depth: 2 } };
    await expect(run({ ...job, config: deeper, resume: true })).rejects.toThrow(
      /does not fit this method and model: "(project|visual)\.[23]/,
    );
    const cut = { ...job, resume: true, runFolder: join(folder, 'cut') };
    await run({ ...cut, resume: false, config: { ...job.config, epochs: 1 } });
    const bytes = await checkpointOf(cut);
    await writeFile(join(cut.runFolder, CHECKPOINT_NAME), bytes.subarray(0, -5));
    await expect(run(cut)).rejects.toMatchObject({ code: 'weights-damaged' });
  });
});

describe('random crops, read ahead by threads', () => {
  test('are the same where a run is stopped and continued', async () => {
    const config = smallConfig('advmaple', { transform: 'random-crop' });
    const job = trainJob(data, 'crops', config);
    const whole = numbers(await run(job));
    const stopped = { ...job, runFolder: join(folder, 'crops-stopped') };
    const first = await stopAt(stopped, atStep(1));
    const second = await run({ ...stopped, resume: true });
    expect([...numbers(first), ...numbers(second)]).toEqual(whole);
    const squashed = trainJob(data, 'squashed', { ...config, transform: 'squash' });
    expect(numbers(await run(squashed))).not.toEqual(whole);
  });
});

describe('what cannot be trained', () => {
  test('zero-shot has nothing to train', async () => {
    const job = trainJob(data, 'zero', smallConfig('zero-shot'));
    await expect(run(job)).rejects.toThrow(/Zero-shot CLIP has nothing to train/);
  });

  test('a picture that is gone stops the run with its path', async () => {
    const job = trainJob(data, 'gone', smallConfig('advmaple', { batchSize: 9 }));
    const examples = job.examples.map((example, i) =>
      i === 4 ? { ...example, path: join(folder, 'gone.png') } : example,
    );
    const before = tf.memory().numTensors;
    await expect(run({ ...job, examples })).rejects.toThrow(/gone\.png could not be read/);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a class name longer than the model reads is named', async () => {
    const job = trainJob(data, 'long', smallConfig('fap'));
    const task = { ...job.task, classNames: ['b', 'abcdefghijklmnop', 'c'] };
    await expect(run({ ...job, task })).rejects.toThrow(
      /class "abcdefghijklmnop" has \d+ tokens, and the model takes 16/,
    );
  });
});

describe('a loss that is not finite', () => {
  test('ends the run with its code; the checkpoint before it can be loaded and is finite', async () => {
    const config = smallConfig('cba-fapt', { epochs: 6, optimizer: { learningRate: 1e8 } });
    const job = trainJob(data, 'exploded', config);
    const seen: TrainEvent[] = [];
    const error = await collect(train(job, never()), (event) => seen.push(event)).catch((e) => e);
    expect(error).toBeInstanceOf(FaptError);
    expect(error).toMatchObject({ code: 'loss-not-finite' });
    expect((error as FaptError).message).toMatch(/not finite at epoch \d, step \d+/);
    expect(seen.filter((event) => event.type === 'checkpoint').length).toBeGreaterThan(0);
    const checkpoint = await readCheckpoint(join(job.runFolder, CHECKPOINT_NAME));
    for (const [name, { values }] of checkpoint.parameters) {
      expect(values.every(Number.isFinite), name).toBe(true);
    }
    const tuned = await openTuned({
      config,
      model: job.model,
      task: TASK,
      checkpoint: checkpoint.path,
    });
    tuned.learner.dispose();
  });

  test('in the first epoch, before any checkpoint, does not claim that a state was kept', async () => {
    const optimizer = { learningRate: 1e30, warmupLearningRate: 1e30 };
    const config = smallConfig('advmaple', { batchSize: 1, optimizer });
    const job = trainJob(data, 'at-once', config);
    const error = (await run(job).catch((e) => e)) as FaptError;
    expect(error.code).toBe('loss-not-finite');
    await expect(checkpointOf(job)).rejects.toThrow();
    expect(error.message).toContain('nothing had been saved yet');
  });

  test('after an update that overflows, what was saved before is not overwritten', async () => {
    const start = trainJob(data, 'overflow', smallConfig('advmaple', { epochs: 2 }));
    await stopAt(start, atStep(2));
    const before = await checkpointOf(start);
    const config = smallConfig('advmaple', { epochs: 2, optimizer: { learningRate: 3e38 } });
    const error = (await run({ ...start, config, resume: true }).catch((e) => e)) as FaptError;
    expect(error.code).toBe('loss-not-finite');
    expect(error.message).toContain('the state saved before it is kept');
    expect(await checkpointOf(start)).toEqual(before);
  });
});

test('training, stopping and failing leave the number of tensors as it was', async () => {
  const job = trainJob(data, 'memory', smallConfig('fap', { epochs: 1 }));
  await run(job);
  const before = tf.memory().numTensors;
  await run(job);
  expect(tf.memory().numTensors).toBe(before);
  await stopAt(job, atStep(1));
  expect(tf.memory().numTensors).toBe(before);
  // A caller that walks away in the middle.
  for await (const event of train(job, never())) if (event.type === 'step') break;
  expect(tf.memory().numTensors).toBe(before);
});

test('thirty steps leave the number of tensors flat', async () => {
  const config = smallConfig('cba-fapt', { epochs: 5, batchSize: 1 });
  const counts: number[] = [];
  const job = trainJob({ ...data, examples: data.examples.slice(0, 6) }, 'flat', config);
  await collect(train(job, never()), (event) => {
    if (event.type === 'step') counts.push(tf.memory().numTensors);
  });
  expect(counts).toHaveLength(30);
  expect(new Set(counts.slice(1)).size).toBe(1);
});
