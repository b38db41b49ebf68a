import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { readCheckpoint } from '../../../src/engine/training/checkpoint.ts';
import { importPrompts } from '../../../src/engine/training/import-prompts.ts';
import { closeTuned, openTuned } from '../../../src/engine/training/tuned-clip.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import type { MethodName } from '../../../src/shared/run-config.ts';
import { rawF32, safetensorsBytes } from '../support/safetensors-bytes.ts';
import { makeSmallData, smallConfig, TASK } from '../support/small-run.ts';
import { WEIGHTS } from '../support/weight-fixtures.ts';

let folder: string;
let model: string;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-import-'));
  ({ model } = await makeSmallData(folder, 1));
});
afterAll(() => rm(folder, { recursive: true }));

const importFrom = (method: MethodName, source: string, target = join(folder, 'c.safetensors')) =>
  importPrompts({
    config: smallConfig(method),
    model: { path: model },
    imageSize: 32,
    task: TASK,
    source,
    target,
  });
const fixture = (name: string) => join(WEIGHTS, name);

async function refusalOf(work: Promise<unknown>): Promise<FaptError> {
  const error = await work.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(FaptError);
  return error as FaptError;
}

/** Shape and first value of what counts up in steps of 1/64; the others tell the tensors apart. */
async function parametersOf(path: string): Promise<Record<string, [string, number]>> {
  const { parameters } = await readCheckpoint(path);
  const told = [...parameters].map(([name, { shape, values }]) => {
    for (let i = 1; i < values.length; i += 1) {
      // Half precision holds multiples of 1/64 up to 32, and rounds beyond.
      const step = (values[i] as number) - (values[i - 1] as number);
      expect(Math.abs(step - 1 / 64), `${name} ${i}`).toBeLessThan(0.02);
    }
    return [name, [shape.join(), values[0]]];
  });
  return Object.fromEntries(told);
}

const linear = (index: number, output: number, input: number) => ({
  [`project.${index}.weight`]: [`${output},${input}`, 0],
  [`project.${index}.bias`]: [`${output}`, 0],
});

describe('official checkpoints become ours, tensor by tensor', () => {
  test.each<MethodName>(['fap', 'advmaple', 'cba-fapt'])('%s', async (method) => {
    const target = join(folder, `${method}.safetensors`);
    const { config, epochs } = await importFrom(method, fixture('fap.pth.tar-10'), target);
    expect(epochs).toBe(10);
    expect(config).toMatchObject({ epochs: 10, prompts: { contextLength: 2, depth: 3 } });
    expect(await parametersOf(target)).toEqual({
      'text.0': ['2,32', 0],
      ...linear(0, 48, 32),
      'visual.1': ['2,48', 0],
      'visual.2': ['2,48', 1],
      ...linear(1, 32, 48),
      ...linear(2, 32, 48),
    });
    // And it is a checkpoint that the engine opens.
    const tuned = await openTuned({
      config,
      model: { path: model },
      task: TASK,
      checkpoint: target,
    });
    expect(tuned.learner.parameters.get('visual.2')?.dataSync()[1]).toBe(1 + 1 / 64);
    closeTuned(tuned);
  });

  test('MaPLe', async () => {
    const target = join(folder, 'maple.safetensors');
    const { config } = await importFrom('maple', fixture('maple.pth.tar-5'), target);
    expect(config).toMatchObject({ epochs: 5, prompts: { depth: 3 } });
    expect(await parametersOf(target)).toEqual({
      'text.0': ['2,32', 0],
      ...linear(0, 48, 32),
      'text.1': ['2,32', 0],
      'text.2': ['2,32', 1],
      ...linear(1, 48, 32),
      ...linear(2, 48, 32),
    });
  });

  test('AdvVLP', async () => {
    const target = join(folder, 'advvlp.safetensors');
    await importFrom('advvlp', fixture('advivlp.pth.tar-10'), target);
    expect(await parametersOf(target)).toEqual({
      'text.0': ['2,32', 0],
      'text.1': ['2,32', -1],
      'text.2': ['2,32', -2],
      'visual.0': ['2,48', 0],
      'visual.1': ['2,48', 1],
      'visual.2': ['2,48', 2],
    });
  });

  test.each<MethodName>(['coop', 'apt'])('%s, in the format before PyTorch 1.6', async (method) => {
    const target = join(folder, `${method}.safetensors`);
    const { config } = await importFrom(method, fixture('coop.pth.tar-50'), target);
    expect(config).toMatchObject({
      epochs: 50,
      prompts: { contextLength: 4, classSpecific: false },
    });
    expect(await parametersOf(target)).toEqual({ 'text.0': ['4,32', 0] });
  });

  test('AdvVP: the border scaled to our setting, tokens without their batch', async () => {
    const target = join(folder, 'advvp.safetensors');
    const { config } = await importFrom('advvp', fixture('advvp.pth.tar-10'), target);
    expect(config.prompts).toMatchObject({ contextLength: 5, border: 28 });
    expect(await parametersOf(target)).toEqual({
      'frame.up': ['1,3,4,32', 0],
      'frame.down': ['1,3,4,32', 1],
      'frame.left': ['1,3,24,4', 0],
      'frame.right': ['1,3,24,4', 1],
      'visual.0': ['5,48', 0],
    });
  });

  test('from several graphics cards: every part inside a module', async () => {
    const source = join(folder, 'parallel.safetensors');
    const border = (shape: number[]) =>
      rawF32(shape, new Array(shape.reduce((a, b) => a * b)).fill(0.5));
    await writeFile(
      source,
      safetensorsBytes({
        'state_dict.module.pad_up': border([1, 3, 4, 32]),
        'state_dict.module.pad_down': border([1, 3, 4, 32]),
        'state_dict.module.pad_left': border([1, 3, 24, 4]),
        'state_dict.module.pad_right': border([1, 3, 24, 4]),
        'add_prompter.module.prompt': border([1, 3, 48]),
      }),
    );
    const { config } = await importFrom('advvp', source);
    expect(config.prompts).toMatchObject({ contextLength: 3, border: 28 });
  });

  test('a context of its own for every class', async () => {
    const source = join(folder, 'csc.safetensors');
    const ctx = rawF32(
      [3, 2, 32],
      Float32Array.from({ length: 192 }, (_, i) => i / 64),
    );
    await writeFile(source, safetensorsBytes({ ctx }));
    const { config } = await importFrom('coop', source);
    expect(config.prompts).toMatchObject({ contextLength: 2, classSpecific: true });
  });
});

describe('what does not fit is refused with a sentence that says what', () => {
  const target = () => join(folder, 'never.safetensors');

  test('of another method', async () => {
    const { code, message } = await refusalOf(
      importFrom('fap', fixture('maple.pth.tar-5'), target()),
    );
    expect(code).toBe('checkpoint-mismatch');
    expect(message).toMatch(/maple\.pth\.tar-5 does not fit.*visual\.1/);
    const none = await refusalOf(importFrom('advvp', fixture('coop.pth.tar-50'), target()));
    expect(none).toMatchObject({ code: 'prompts-foreign' });
    const zero = await refusalOf(importFrom('zero-shot', fixture('coop.pth.tar-50'), target()));
    expect(zero).toMatchObject({ code: 'prompts-foreign' });
    expect(existsSync(target())).toBe(false);
  });

  test('of another backbone', async () => {
    const source = join(folder, 'wide.safetensors');
    await writeFile(source, safetensorsBytes({ ctx: rawF32([2, 64], new Array(128).fill(0)) }));
    const { message } = await refusalOf(importFrom('coop', source, target()));
    expect(message).toMatch(/"text\.0" is \[2,64\] in the checkpoint and \[2,32\] here/);
  });

  test('of other classes, where each has a context of its own', async () => {
    const source = join(folder, 'five.safetensors');
    await writeFile(source, safetensorsBytes({ ctx: rawF32([5, 2, 32], new Array(320).fill(0)) }));
    const { message } = await refusalOf(importFrom('coop', source, target()));
    expect(message).toMatch(/\[5,2,32\] in the checkpoint and \[3,2,32\] here/);
  });

  test('deeper than the model', async () => {
    const source = join(folder, 'deep.safetensors');
    const prompt = (width: number) => rawF32([2, width], new Array(2 * width).fill(0));
    const tensors = { 'prompt_learner.ctx': prompt(32), 'image_encoder.VPT': prompt(48) };
    for (let i = 1; i < 9; i += 1) {
      Object.assign(tensors, {
        [`image_encoder.transformer.resblocks.${i}.VPT_shallow`]: prompt(48),
        [`text_encoder.transformer.resblocks.${i}.VPT_shallow`]: prompt(32),
      });
    }
    await writeFile(source, safetensorsBytes(tensors));
    expect(await refusalOf(importFrom('advvlp', source, target()))).toMatchObject({
      code: 'checkpoint-mismatch',
      message: expect.stringMatching(/and nothing here/),
    });
  });

  test('values that are no numbers', async () => {
    const source = join(folder, 'nan.safetensors');
    await writeFile(
      source,
      safetensorsBytes({ ctx: rawF32([1, 32], new Array(32).fill(Number.NaN)) }),
    );
    expect((await refusalOf(importFrom('coop', source, target()))).code).toBe('tensor-not-finite');
  });
});

test('nothing is left in the backend', async () => {
  await importFrom('fap', fixture('fap.pth.tar-10'));
  const before = tf.memory().numTensors;
  await importFrom('fap', fixture('fap.pth.tar-10'));
  await importFrom('fap', fixture('maple.pth.tar-5')).catch(() => {});
  expect(tf.memory().numTensors).toBe(before);
});
