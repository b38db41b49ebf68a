import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { closeModel, openModel } from '../../../src/engine/clip/open-model.ts';
import { weightTensors } from '../../../src/engine/clip/weights.ts';
import { GOLDEN_MODEL } from '../support/golden.ts';
import { writeTokenizer } from '../support/tokenizer-file.ts';

let folder: string;
const at = (name: string) => ({ path: join(folder, name) });

beforeAll(async () => {
  await startBackend();
  folder = await mkdtemp(join(tmpdir(), 'models-'));
  for (const name of ['a', 'b']) {
    await cp(GOLDEN_MODEL, join(folder, name), { recursive: true });
    await writeTokenizer(join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const alive = (model: Awaited<ReturnType<typeof openModel>>) =>
  weightTensors(model.weights).every((tensor) => !tensor.isDisposed);

test('one model opened twice at once is loaded once', async () => {
  const [first, second] = await Promise.all([openModel(at('a')), openModel(at('a'))]);
  expect(first).toBe(second);
  closeModel(first);
  closeModel(second);
});

test('a model in use survives the opening of another, and is freed by its last user', async () => {
  const [job, other] = [await openModel(at('a')), await openModel(at('a'))];
  const next = await openModel(at('b'));
  expect(alive(job)).toBe(true);
  closeModel(other);
  expect(alive(job)).toBe(true);
  closeModel(job);
  expect(alive(job)).toBe(false);
  closeModel(next);
  expect(alive(next)).toBe(true);
});

test('models that take turns leave nothing behind', async () => {
  const turn = async (name: string) => closeModel(await openModel(at(name)));
  await turn('a');
  const before = tf.memory().numTensors;
  for (const name of ['b', 'a', 'b', 'a']) await turn(name);
  expect(tf.memory().numTensors).toBe(before);
});

test('a model that cannot be opened is tried again', async () => {
  await expect(openModel(at('missing'))).rejects.toThrow(/no weights/);
  await expect(openModel(at('missing'))).rejects.toThrow(/no weights/);
  closeModel(await openModel(at('a')));
});
