import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attribute } from '../../../src/engine/attribution/attribute.ts';
import { spearman, topOverlap } from '../../../src/engine/attribution/map-numbers.ts';
import { measureSet } from '../../../src/engine/attribution/measure-set.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { normal, stream } from '../../../src/engine/random.ts';
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
const NO_ATTACK = { ...attack, name: 'none' as const };
/** Of the small model's images. */
const SIZE = 32;
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
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

/** Up to float32's rounding, which a divergence of nearly equal maps feels first. */
function expectAlike(found: number, wanted: number, name?: string) {
  expect(Math.abs(found - wanted), name).toBeLessThan(1e-3 * Math.abs(wanted) + 5e-7);
}

/** Perturbations of a kind of their own, on disk as an evaluation keeps them. */
async function keptPerturbations(): Promise<string[]> {
  const files = data.examples.map(({ id }) => join(data.folder, `${id}.perturbation`));
  for (const [i, file] of files.entries()) {
    const values = Float32Array.from(normal(stream(3, 'kept', i), 3 * SIZE * SIZE, 0.5));
    await writeFile(file, values);
  }
  return files;
}

test('one row an image, the same whatever the batch, and as the maps of one image say', async () => {
  const files = await keptPerturbations();
  const examples = data.examples.map((example, i) => ({
    example,
    perturbation: files[i] as string,
  }));
  const rows = await rowsOf({ examples });
  expect(rows.map(({ id }) => id)).toEqual(data.examples.map(({ id }) => id));
  const tensors = tf.memory().numTensors;
  const others = await rowsOf({ examples, batchSize: 5 });
  expect(tf.memory().numTensors).toBe(tensors);
  for (const [index, row] of rows.entries()) {
    for (const [name, value] of Object.entries(row)) {
      const other = others[index]?.[name as keyof StabilityRow];
      if (typeof value !== 'number') expect(other).toBe(value);
      else expectAlike(other as number, value, name);
    }
    const one = examples[index] as (typeof examples)[number];
    const { drift, image, text } = await attribute({
      tuned: tuned(),
      ...one,
      attack,
      target: null,
    });
    expectAlike(row.imageL2, drift.imageL2);
    expectAlike(row.textKl, drift.textKl);
    expect(row.imageSpearman).toBe(spearman(image.clean, image.adversarial));
    expect(row.imageTopIou).toBe(topOverlap(image.clean, image.adversarial));
    expect(row.textSpearman).toBe(spearman(text.clean, text.adversarial));
  }
  // The words do change places, so that the last comparison says something.
  expect(rows.some(({ textSpearman }) => textSpearman !== 1)).toBe(true);
});

test('the attack is made again just where no perturbation is kept', async () => {
  const files = await keptPerturbations();
  const examples = data.examples.map((example, i) => ({
    example,
    perturbation: i % 2 === 0 ? (files[i] as string) : null,
  }));
  const rows = await rowsOf({ examples, curves: false, batchSize: 5 });
  for (const [i, row] of rows.entries()) {
    const one = { tuned: tuned(), ...(examples[i] as (typeof examples)[number]) };
    const { drift } = await attribute({ ...one, attack, target: null });
    expectAlike(row.imageL2, drift.imageL2);
  }
});

test('insertion and deletion are those of pixels hidden by hand', async () => {
  const example = data.examples[4] as (typeof data.examples)[number];
  const file = join(data.folder, 'hidden.perturbation');
  const one = { tuned: tuned(), example, attack, target: null };
  const { image, pixels, grid } = await attribute({
    ...one,
    attack: NO_ATTACK,
    perturbation: null,
  });
  const order = image.clean
    .map((value, place) => ({ value, place }))
    .sort((a, b) => b.value - a.value)
    .map(({ place }) => place);
  const means = [0, 1, 2].map((c) => mean(pixels.clean.slice(c * SIZE ** 2, (c + 1) * SIZE ** 2)));
  const patch = SIZE / grid[1];
  /** Probability of the class with these patches at their channels' means. */
  const scoreWithout = async (hidden: number[]) => {
    const change = pixels.clean.map((value, i) => {
      const [y, x] = [Math.floor(i / SIZE) % SIZE, i % SIZE];
      const place = Math.floor(y / patch) * grid[1] + Math.floor(x / patch);
      return hidden.includes(place) ? (means[Math.floor(i / SIZE ** 2)] as number) - value : 0;
    });
    await writeFile(file, change);
    const { logits } = await attribute({ ...one, perturbation: file });
    const shares = logits.adversarial.map((logit) => Math.exp(logit));
    return (shares[example.label] as number) / shares.reduce((a, b) => a + b);
  };
  const [insertion, deletion]: [number[], number[]] = [[], []];
  for (let first = 0; first <= order.length; first += 1) {
    insertion.push(await scoreWithout(order.slice(first)));
    deletion.push(await scoreWithout(order.slice(0, first)));
  }
  const area = (curve: number[]) =>
    mean(curve.slice(1).map((value, k) => (value + (curve[k] as number)) / 2));
  const [row] = await rowsOf({ examples: [{ example, perturbation: null }] });
  expect(order).toHaveLength(16);
  expect(insertion[0]).toBeCloseTo(deletion[16] as number, 6);
  expect(row?.insertionClean).toBeCloseTo(area(insertion), 5);
  expect(row?.deletionClean).toBeCloseTo(area(deletion), 5);
  expect(row?.insertionClean).not.toBeCloseTo(row?.deletionClean as number, 4);
});

test('nothing moves where nothing is attacked', async () => {
  for (const row of await rowsOf({ attack: NO_ATTACK })) {
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
  const events = await collect(measureSet(job, stop.signal), ({ type }) => {
    if (type === 'rows') stop.abort();
  });
  // A slow machine tells its progress before.
  const ends = events.filter(({ type }) => type !== 'progress');
  expect(ends.map(({ type }) => type)).toEqual(['rows', 'end']);
  expect(events.at(-1)).toMatchObject({ status: 'stopped' });
});

test('a stop within a batch is heard at once, frees what the batch held, and says so', async () => {
  const examples = data.examples.map((example) => ({ example, perturbation: null }));
  await rowsOf({ curves: false });
  const before = tf.memory().numTensors;
  for (const job of [
    { attack: { ...attack, steps: 100 }, curves: false },
    { attack: NO_ATTACK, curves: true },
  ]) {
    const stop = new AbortController();
    const stream = measureSet({ tuned: tuned(), examples, batchSize: 5, ...job }, stop.signal);
    const first = stream.next();
    setTimeout(() => stop.abort());
    const events = [(await first).value, ...(await collect(stream))];
    expect(events.filter((event) => event?.type === 'rows')).toEqual([]);
    expect(events.at(-1) ?? events[0]).toEqual({ type: 'end', status: 'stopped' });
    expect(tf.memory().numTensors).toBe(before);
  }
});

test('a perturbation that is gone is an error that leaves no tensor', async () => {
  await rowsOf({ curves: false });
  const before = tf.memory().numTensors;
  const examples = data.examples.map((example) => ({ example, perturbation: '/nowhere' }));
  await expect(rowsOf({ examples })).rejects.toMatchObject({ code: 'perturbation-missing' });
  expect(tf.memory().numTensors).toBe(before);
});
