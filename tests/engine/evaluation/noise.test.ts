import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { evaluate } from '../../../src/engine/evaluation/evaluate.ts';
import { releaseClassifiers } from '../../../src/engine/evaluation/held-classifier.ts';
import { noise } from '../../../src/engine/evaluation/noise.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { Example } from '../../../src/shared/engine-contract.ts';
import { noiseEventSchema } from '../../../src/shared/engine-trace.ts';
import { collect, makeSmallData, type SmallData, smallConfig, TASK } from '../support/small-run.ts';

let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-noise-')), 2);
});
afterAll(async () => {
  releaseClassifiers();
  await rm(data.folder, { recursive: true });
});

const attackOf = (changes: Partial<EvaluationAttack> = {}) =>
  evaluationAttackSchema.parse({ name: 'pgd', epsilon: 0.3, ...changes });
const example = () => data.examples[0] as Example;
const tuned = () => ({
  config: smallConfig('cba-fapt'),
  model: { path: data.model },
  task: TASK,
  checkpoint: null,
});

async function drawn(draws: number, changes: Partial<EvaluationAttack> = {}) {
  const job = { tuned: tuned(), example: example(), attack: attackOf(changes), draws };
  const events = await collect(noise(job, new AbortController().signal), (event) =>
    noiseEventSchema.parse(event),
  );
  expect(events.at(-1)).toEqual({ type: 'end', status: 'finished' });
  return events.flatMap((event) => (event.type === 'draws' ? event.draws : []));
}

test('draws are named: the same whatever their number, the first as an evaluation has it', async () => {
  const few = await drawn(3);
  const many = await drawn(23);
  expect(many.map(({ draw }) => draw)).toEqual(Array.from({ length: 23 }, (_, i) => i));
  for (const [i, one] of few.entries()) {
    expect(many[i]?.predicted).toBe(one.predicted);
    expect(many[i]?.margin).toBeCloseTo(one.margin, 4);
  }
  expect(new Set(many.map(({ margin }) => margin)).size).toBe(23);
  const job = {
    ...{ tuned: tuned(), examples: [example()], attack: attackOf({ name: 'noise' }) },
    ...{ attacker: null, batchSize: 1, perturbationFolder: null },
  };
  const events = await collect(evaluate(job, new AbortController().signal));
  const [outcome] = events.flatMap((event) => (event.type === 'outcomes' ? event.outcomes : []));
  expect(many[0]?.margin).toBeCloseTo(outcome?.margin as number, 4);
});

test('a ball of 0 is the clean image', async () => {
  const margins = (await drawn(4, { epsilon: 0 })).map(({ margin }) => margin);
  expect(Math.max(...margins) - Math.min(...margins)).toBeLessThan(1e-4);
});

test('stops between batches and leaves no tensor', async () => {
  const job = { tuned: tuned(), example: example(), attack: attackOf(), draws: 500 };
  await drawn(1);
  const before = tf.memory().numTensors;
  const stop = new AbortController();
  const events = await collect(noise(job, stop.signal), () => stop.abort());
  expect(events).toHaveLength(2);
  expect(events.at(-1)).toEqual({ type: 'end', status: 'stopped' });
  expect(tf.memory().numTensors).toBe(before);
});
