import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { convertWeights } from '../../../src/engine/clip/convert-weights.ts';
import { loadClip } from '../../../src/engine/clip/load-clip.ts';
import { openSafetensors } from '../../../src/engine/clip/safetensors.ts';
import { openTensorSource } from '../../../src/engine/clip/tensor-source.ts';
import { disposeWeights, weightTensors } from '../../../src/engine/clip/weights.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { GOLDEN_FOLDER, GOLDEN_MODEL } from '../support/golden.ts';
import { rawF32, safetensorsBytes } from '../support/safetensors-bytes.ts';
import { SMALL_HEADS, WEIGHTS } from '../support/weight-fixtures.ts';

const PLAIN = join(WEIGHTS, 'clip.safetensors');
/** What tells the heads of the small CLIP. */
const CONFIG = {
  vision_config: { num_attention_heads: 2 },
  text_config: { num_attention_heads: 2 },
};

let folder: string;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-convert-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file in a folder of its own, with a config that tells the heads. */
async function withConfig(file: string, as = file): Promise<string> {
  const own = await mkdtemp(join(folder, 'own-'));
  await copyFile(join(WEIGHTS, file), join(own, as));
  await writeFile(join(own, 'config.json'), JSON.stringify(CONFIG));
  return join(own, as);
}

/** Every number of the weights as they are computed with. */
async function numbersOf(path: string, heads?: typeof SMALL_HEADS): Promise<Float32Array[]> {
  const { weights } = await loadClip(path, heads);
  const numbers = weightTensors(weights).map((tensor) => tensor.dataSync() as Float32Array);
  disposeWeights(weights);
  return numbers;
}

async function refusalOf(work: Promise<unknown>): Promise<FaptError> {
  const error = await work.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(FaptError);
  return error as FaptError;
}

describe("a PyTorch file's weights are those of the safetensors file", () => {
  test("TorchScript in half precision, as OpenAI's own", async () => {
    const { weights, layout, dtypes, notes } = await loadClip(
      join(WEIGHTS, 'clip-jit.pt'),
      SMALL_HEADS,
    );
    disposeWeights(weights);
    expect({ layout, dtypes, notes }).toEqual({
      layout: 'openai',
      dtypes: ['F32', 'F16', 'I64'],
      notes: [],
    });
    expect(await numbersOf(join(WEIGHTS, 'clip-jit.pt'), SMALL_HEADS)).toEqual(
      await numbersOf(PLAIN, SMALL_HEADS),
    );
  });

  test("Hugging Face's names, mixed formats, turned views, position_ids", async () => {
    const file = await withConfig('clip-hf.bin', 'pytorch_model.bin');
    expect(await numbersOf(join(file, '..'))).toEqual(await numbersOf(PLAIN, SMALL_HEADS));
    const { weights, layout, notes } = await loadClip(file);
    disposeWeights(weights);
    expect({ layout, notes }).toEqual({ layout: 'huggingface', notes: [] });
  });

  test('inside a checkpoint, after "state_dict." and "module."', async () => {
    const file = await openSafetensors(PLAIN);
    const tensors: Record<string, ReturnType<typeof rawF32>> = {};
    for (const [name, { shape }] of file.entries) {
      tensors[`state_dict.module.${name}`] = rawF32(shape, await file.read(name));
    }
    await file.close();
    tensors['optimizer.state.0.momentum_buffer'] = rawF32([1], [1]);
    const path = join(folder, 'wrapped.safetensors');
    await writeFile(path, safetensorsBytes(tensors));
    expect(await numbersOf(path, SMALL_HEADS)).toEqual(await numbersOf(PLAIN, SMALL_HEADS));
  });

  test("projections as a Linear under OpenAI's names", async () => {
    const file = await openSafetensors(PLAIN);
    const tensors: Record<string, ReturnType<typeof rawF32>> = {};
    for (const [name, { shape }] of file.entries) {
      const values = await file.read(name);
      if (!name.endsWith('proj') && name !== 'text_projection')
        tensors[name] = rawF32(shape, values);
      else {
        const [rows, columns] = shape as [number, number];
        const turned = values.map(
          (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number,
        );
        tensors[`${name}.weight`] = rawF32([columns, rows], turned);
      }
    }
    await file.close();
    const path = join(folder, 'linear.safetensors');
    await writeFile(path, safetensorsBytes(tensors));
    expect(await numbersOf(path, SMALL_HEADS)).toEqual(await numbersOf(PLAIN, SMALL_HEADS));
  });
});

describe('convertWeights', () => {
  test("writes OpenAI's names in the file's own formats, with the heads and the tokenizer", async () => {
    const source = await withConfig('clip-jit.pt');
    await writeFile(join(source, '..', 'tokenizer.json'), '{"a": 1}');
    const target = join(folder, 'from jit');
    await convertWeights({ source, imageTower: null, target });
    expect((await readdir(target)).sort()).toEqual(['model.safetensors', 'tokenizer.json']);
    const path = join(target, 'model.safetensors');
    // Without a config: the file itself tells the heads.
    expect(await numbersOf(path)).toEqual(await numbersOf(PLAIN, SMALL_HEADS));
    const { weights } = await loadClip(path);
    disposeWeights(weights);
    expect(weights.shape).toMatchObject({ imageHeads: 2, textHeads: 2 });
    const file = await openSafetensors(path);
    expect(file.entries.get('visual.proj')?.dtype).toBe('F16');
    expect(file.entries.get('visual.ln_pre.bias')?.dtype).toBe('F32');
    await file.close();
  });

  test('turns projections and joins queries, keys and values of Hugging Face', async () => {
    const target = join(folder, 'from golden');
    await convertWeights({ source: GOLDEN_MODEL, imageTower: null, target });
    const [ours, theirs] = [
      await readAll(join(target, 'model.safetensors')),
      await readAll(join(GOLDEN_FOLDER, 'openai.safetensors')),
    ];
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    for (const [name, values] of Object.entries(theirs)) expect(ours[name], name).toEqual(values);
  });

  test('puts a fine-tuned image tower in the place of the own one', async () => {
    const target = join(folder, 'with tower');
    const source = await withConfig('clip.safetensors');
    await convertWeights({ source, imageTower: join(WEIGHTS, 'tecoa.pth.tar'), target });
    const [ours, plain] = [await readAll(join(target, 'model.safetensors')), await readAll(PLAIN)];
    expect(Object.keys(ours).sort()).toEqual(Object.keys(plain).sort());
    for (const [name, values] of Object.entries(plain)) {
      // The tower of the checkpoint is the own one, halved.
      const expected = name.startsWith('visual.') ? values.map((v) => v / 2) : values;
      expect(ours[name], name).toEqual(expected);
    }
  });

  test('refuses a tower of another model, one that lacks a block, and leaves nothing', async () => {
    const source = await withConfig('clip.safetensors');
    const other = await refusalOf(
      convertWeights({
        source,
        imageTower: join(GOLDEN_FOLDER, 'openai.safetensors'),
        target: join(folder, 'other'),
      }),
    );
    expect(other.code).toBe('tensor-shape');
    expect(other.message).toMatch(
      /image tower of openai\.safetensors does not fit clip\.safetensors/,
    );
    const lacking = await changed('lacking', (tensors) => {
      for (const name of Object.keys(tensors))
        if (name.includes('visual.transformer.resblocks.1')) delete tensors[name];
    });
    const { code } = await refusalOf(
      convertWeights({ source, imageTower: lacking, target: join(folder, 'other') }),
    );
    expect(code).toBe('tensor-missing');
    expect(await readdir(folder)).not.toContain('other');
  });

  test('a damaged source leaves no half file, and says what is damaged', async () => {
    const source = await withConfig('clip-jit.pt');
    const bytes = await readFile(source);
    const at = bytes.indexOf('clip-jit/data/30') + 100;
    bytes[at] = (bytes[at] as number) ^ 8;
    await writeFile(source, bytes);
    const target = join(folder, 'damaged');
    const { code } = await refusalOf(convertWeights({ source, imageTower: null, target }));
    expect(code).toBe('weights-damaged');
    expect(await readdir(target)).toEqual([]);
  });
});

describe('what is no whole CLIP is named as such', () => {
  test('an image tower alone', async () => {
    const { code, message } = await refusalOf(openTensorSource(join(WEIGHTS, 'tecoa.pth.tar')));
    expect(code).toBe('weights-foreign');
    expect(message).toMatch(/image tower without its text tower.*--role image-tower/);
  });

  test('a ResNet', async () => {
    const path = join(folder, 'rn50.safetensors');
    await writeFile(path, safetensorsBytes({ 'visual.layer1.0.conv1.weight': rawF32([1], [1]) }));
    expect((await refusalOf(openTensorSource(path))).message).toMatch(/ResNet/);
  });

  test('prompts', async () => {
    const { message } = await refusalOf(openTensorSource(join(WEIGHTS, 'coop.pth.tar-50')));
    expect(message).toMatch(/holds no CLIP/);
  });

  test("OpenCLIP's model with another activation", async () => {
    const own = join(folder, 'open-clip');
    await mkdir(own);
    await copyFile(PLAIN, join(own, 'open_clip_model.safetensors'));
    const config = (quick_gelu?: boolean) =>
      writeFile(
        join(own, 'open_clip_config.json'),
        JSON.stringify({
          model_cfg: {
            quick_gelu,
            vision_cfg: { width: 16, head_width: 8 },
            text_cfg: { heads: 2 },
          },
        }),
      );
    await config();
    const path = join(own, 'open_clip_model.safetensors');
    expect((await refusalOf(loadClip(path))).code).toBe('activation-unsupported');
    await config(true);
    expect(await numbersOf(path)).toEqual(await numbersOf(PLAIN, SMALL_HEADS));
  });
});

test('nothing is left in the backend', async () => {
  const before = tf.memory().numTensors;
  await numbersOf(join(WEIGHTS, 'clip-jit.pt'), SMALL_HEADS);
  expect(tf.memory().numTensors).toBe(before);
});

async function readAll(path: string): Promise<Record<string, Float32Array>> {
  const file = await openSafetensors(path);
  const all: Record<string, Float32Array> = {};
  for (const name of file.entries.keys()) all[name] = await file.read(name);
  await file.close();
  return all;
}

async function changed(
  name: string,
  change: (tensors: Record<string, ReturnType<typeof rawF32>>) => void,
): Promise<string> {
  const file = await openSafetensors(PLAIN);
  const tensors: Record<string, ReturnType<typeof rawF32>> = {};
  for (const [key, { shape }] of file.entries) tensors[key] = rawF32(shape, await file.read(key));
  await file.close();
  change(tensors);
  const path = join(folder, `${name}.safetensors`);
  await writeFile(path, safetensorsBytes(tensors));
  return path;
}
