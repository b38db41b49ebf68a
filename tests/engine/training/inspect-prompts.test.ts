import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { inspectPrompts } from '../../../src/engine/training/inspect-prompts.ts';
import { train } from '../../../src/engine/training/train.ts';
import type { RunConfig } from '../../../src/shared/run-config.ts';
import {
  collect,
  makeSmallData,
  type SmallData,
  smallConfig,
  TASK,
  trainJob,
} from '../support/small-run.ts';

let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-prompts-')), 9);
});
afterAll(() => rm(data.folder, { recursive: true }));

const noStop = new AbortController().signal;
let runs = 0;

async function reportOf(config: RunConfig, context = 0, nearest = 3) {
  runs += 1;
  const job = trainJob(data, `run-${runs}`, config);
  await collect(train(job, noStop));
  const checkpoint = join(job.runFolder, 'checkpoint.safetensors');
  const tuned = { config, model: job.model, task: TASK, checkpoint };
  const tensors = tf.memory().numTensors;
  const report = await inspectPrompts({ tuned, nearest, context });
  expect(tf.memory().numTensors).toBe(tensors);
  return report;
}

const short = (method: RunConfig['method'], prompts: Partial<RunConfig['prompts']> = {}) => {
  const config = smallConfig(method, { epochs: 1, batchSize: 3 });
  return { ...config, prompts: { ...config.prompts, contextLength: 2, ...prompts } };
};

describe('the prompts of a tuned model', () => {
  test('a coupled learner: words, their projections, and the matrices between', async () => {
    const { vectors, tensors, depth, contexts } = await reportOf(short('cba-fapt'));
    expect(contexts).toBe(1);
    const at = (tower: string, block: number) =>
      vectors.filter((one) => one.tower === tower && one.block === block);
    expect(vectors).toHaveLength(2 * depth * 2);
    expect(at('text', 0).map(({ projected }) => projected)).toEqual([false, false]);
    expect(at('image', 0).map(({ projected }) => projected)).toEqual([true, true]);
    expect(at('text', 1).map(({ projected }) => projected)).toEqual([true, true]);
    expect(at('image', 1).map(({ projected }) => projected)).toEqual([false, false]);
    for (const { change, tower, nearest } of vectors) {
      expect(change).toBeGreaterThan(0);
      expect(nearest === null).toBe(tower === 'image');
    }
    expect(tensors.map(({ name }) => name)).toContain('project.0.weight');
    expect(tensors.every(({ change }) => change > 0)).toBe(true);
  });

  test('a learner of the image tower has no vocabulary, and a border moves as one', async () => {
    const { vectors, tensors, vocabulary } = await reportOf(short('advvp', { depth: 1 }));
    expect(vocabulary).toBeNull();
    expect(vectors.map(({ tower }) => tower)).toEqual(['image', 'image']);
    expect(tensors.map(({ name }) => name)).toEqual([
      'frame.up',
      'frame.down',
      'frame.left',
      'frame.right',
    ]);
  });

  test('a context that hardly moved is nearest to the words it started from', async () => {
    const config = short('coop');
    config.optimizer = { ...config.optimizer, learningRate: 1e-9, warmupLearningRate: 1e-9 };
    const { vectors } = await reportOf(config, 0, 1);
    for (const { nearest, cosine, change } of vectors) {
      expect(change).toBeLessThan(1e-4);
      expect(cosine).toBeCloseTo(1, 6);
      expect(nearest?.cosine[0]?.value).toBeCloseTo(1, 4);
      expect(nearest?.euclidean[0]?.id).toBe(nearest?.cosine[0]?.id);
      expect(nearest?.euclidean[0]?.value).toBeLessThan(0.01);
    }
  });

  test('a class with a context of its own is looked at alone', async () => {
    const config = short('coop', { classSpecific: true });
    const { contexts, context, vectors } = await reportOf(config, 2);
    expect([contexts, context]).toEqual([3, 2]);
    expect(vectors).toHaveLength(2);
    await expect(reportOf(config, 3)).rejects.toMatchObject({ code: 'context-unknown' });
  });

  test('what learns nothing says so', async () => {
    const config = smallConfig('zero-shot');
    const tuned = { config, model: { path: data.model }, task: TASK, checkpoint: null };
    const job = { tuned, nearest: 1, context: 0 };
    await expect(inspectPrompts(job)).rejects.toMatchObject({ code: 'nothing-learned' });
  });
});
