import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attribute } from '../../../src/engine/attribution/attribute.ts';
import { measureSet } from '../../../src/engine/attribution/measure-set.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  type StabilityJob,
  type StabilityRow,
  stabilityEventSchema,
} from '../../../src/shared/engine-contract.ts';
import { collect, makeSmallData, type SmallData, smallConfig, TASK } from '../support/small-run.ts';

let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-stability-')), 5);
});
afterAll(() => rm(data.folder, { recursive: true }));

const attack = evaluationAttackSchema.parse({ name: 'pgd', epsilon: 8 / 255, steps: 3 });
const tuned = () => ({
  config: smallConfig('cba-fapt'),
  model: { path: data.model },
  task: TASK,
  checkpoint: null,
});

async function rowsOf(changes: Partial<StabilityJob> = {}): Promise<StabilityRow[]> {
  const examples = data.examples.map((example) => ({ example, perturbation: null }));
  const job = { tuned: tuned(), examples, attack, batchSize: 2, curves: true, ...changes };
  const events = await collect(measureSet(job, new AbortController().signal), (event) =>
    stabilityEventSchema.parse(event),
  );
  expect(events.at(-1)).toEqual({ type: 'end', status: 'finished' });
  return events.flatMap((event) => (event.type === 'rows' ? event.rows : []));
}

test('one row an image, the same whatever the batch, and as the maps of one image say', async () => {
  const rows = await rowsOf();
  expect(rows.map(({ id }) => id)).toEqual(data.examples.map(({ id }) => id));
  const tensors = tf.memory().numTensors;
  const others = await rowsOf({ batchSize: 5 });
  expect(tf.memory().numTensors).toBe(tensors);
  for (const [index, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const other = others[index]?.[name as keyof StabilityRow];
      if (typeof value !== 'number') expect(other).toBe(value);
      else expect(other, name).toBeCloseTo(value, 3);
    }
  }
  const example = data.examples[1] as (typeof data.examples)[number];
  const { drift } = await attribute({
    tuned: tuned(),
    example,
    perturbation: null,
    attack,
    target: null,
  });
  expect(rows[1]?.imageL2).toBeCloseTo(drift.imageL2, 5);
  expect(rows[1]?.textKl).toBeCloseTo(drift.textKl, 4);
});

test('nothing moves where nothing is attacked', async () => {
  for (const row of await rowsOf({ attack: { ...attack, name: 'none' } })) {
    expect(row).toMatchObject({ imageL2: 0, imageKl: 0, imageTopIou: 1, textKl: 0 });
    expect(row.imageSpearman).toBeCloseTo(1, 6);
    expect(row.insertionClean).toBe(row.insertionAdversarial);
    expect(row.deletionClean).toBe(row.deletionAdversarial);
  }
});

test('curves are left out where they are not wanted; a stop ends after the batch', async () => {
  const [row] = await rowsOf({ curves: false });
  expect(row).toMatchObject({ insertionClean: null, deletionAdversarial: null });
  const stop = new AbortController();
  const examples = data.examples.map((example) => ({ example, perturbation: null }));
  const job = { tuned: tuned(), examples, attack, batchSize: 1, curves: false };
  const events = await collect(measureSet(job, stop.signal), () => stop.abort());
  expect(events.map(({ type }) => type)).toEqual(['rows', 'end']);
  expect(events.at(-1)).toMatchObject({ status: 'stopped' });
});
