import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { adversarialImages } from '../../../src/engine/evaluation/adversarial-images.ts';
import { predict } from '../../../src/engine/evaluation/predict.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  type AdversarialImagesJob,
  adversarialImagesEventSchema,
} from '../../../src/shared/engine-images.ts';
import { collect, makeSmallData, type SmallData, smallConfig, TASK } from '../support/small-run.ts';

const SIZE = 32;
const PER_IMAGE = 3 * SIZE * SIZE;
const COUNT = 5;
let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-images-')), COUNT);
});
afterAll(() => rm(data.folder, { recursive: true }));

const attack = evaluationAttackSchema.parse({ name: 'pgd', epsilon: 8 / 255, steps: 3 });

function jobOf(name: string, changes: Partial<AdversarialImagesJob> = {}): AdversarialImagesJob {
  return {
    tuned: {
      config: smallConfig('cba-fapt'),
      model: { path: data.model },
      task: TASK,
      checkpoint: null,
    },
    examples: data.examples.map((example) => ({ example, perturbation: null })),
    attack,
    batchSize: 2,
    file: join(data.folder, name),
    ...changes,
  };
}

async function made(job: AdversarialImagesJob) {
  const events = await collect(adversarialImages(job, new AbortController().signal), (event) =>
    adversarialImagesEventSchema.parse(event),
  );
  expect(events.at(-1)).toEqual({ type: 'end', status: 'finished' });
  const images = events.flatMap((event) => (event.type === 'images' ? event.images : []));
  const bytes = await readFile(job.file);
  return { images, bytes, values: new Float32Array(new Uint8Array(bytes).buffer) };
}

test('appends each image, in the ball around the picture, and asks about it in 8 bits', async () => {
  const clean = await made(jobOf('clean', { attack: { ...attack, name: 'none' } }));
  expect(clean.values).toHaveLength(COUNT * PER_IMAGE);
  // Pictures hold 8 bits, so rounding them changes nothing.
  for (const image of clean.images) {
    expect([image.adversarial, image.rounded]).toEqual([image.clean, image.clean]);
  }
  const { values, images } = await made(jobOf('attacked'));
  expect(images.map(({ id }) => id)).toEqual(data.examples.map(({ id }) => id));
  const distance = values.map((value, i) => Math.abs(value - (clean.values[i] as number)));
  expect(Math.max(...distance)).toBeGreaterThan(1 / 255);
  expect(Math.max(...distance)).toBeLessThan(8 / 255 + 1e-6);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThanOrEqual(1);
});

test('takes what was kept, and writes behind what is in the file already', async () => {
  const kept = join(data.folder, 'kept.perturbation');
  const values = new Float32Array(PER_IMAGE).fill(0.25 / 255);
  await writeFile(kept, values);
  const [first] = data.examples;
  const examples = [{ example: first as (typeof data.examples)[number], perturbation: kept }];
  const job = jobOf('head', { examples });
  await writeFile(job.file, 'head');
  const { bytes, images } = await made(job);
  expect(bytes.subarray(0, 4).toString()).toBe('head');
  const written = new Float32Array(new Uint8Array(bytes.subarray(4)).buffer);
  const paths = data.examples.slice(0, 1).map(({ path }) => path);
  const [found] = await predict({ tuned: job.tuned, paths });
  const probabilities = found?.probabilities ?? [];
  const label = probabilities.indexOf(Math.max(...probabilities));
  // A quarter of a step is lost by rounding: the picture itself is back.
  expect(images[0]).toMatchObject({ clean: label, rounded: label });
  expect(written[0]).not.toBe(Math.round(255 * (written[0] as number)) / 255);
});

test('stops between batches and frees everything', async () => {
  const before = tf.memory().numTensors;
  const stop = new AbortController();
  const events: string[] = [];
  for await (const event of adversarialImages(jobOf('stopped'), stop.signal)) {
    events.push(event.type === 'end' ? event.status : event.type);
    stop.abort();
  }
  expect(events.at(-1)).toBe('stopped');
  expect(tf.memory().numTensors).toBe(before);
});
