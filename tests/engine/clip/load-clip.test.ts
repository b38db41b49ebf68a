import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { encodeImage } from '../../../src/engine/clip/image-tower.ts';
import { inspectModel } from '../../../src/engine/clip/inspect-model.ts';
import { type Heads, loadClip } from '../../../src/engine/clip/load-clip.ts';
import { openModel } from '../../../src/engine/clip/open-model.ts';
import { openSafetensors } from '../../../src/engine/clip/safetensors.ts';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../../src/engine/clip/text-tower.ts';
import { disposeWeights } from '../../../src/engine/clip/weights.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { END_ID, GOLDEN_FOLDER, GOLDEN_MODEL, openGolden } from '../support/golden.ts';
import { type RawTensor, rawF32, safetensorsBytes } from '../support/safetensors-bytes.ts';
import { writeTokenizer } from '../support/tokenizer-file.ts';

const OPENAI = join(GOLDEN_FOLDER, 'openai.safetensors');
/** The golden widths are no multiples of 64, so OpenAI's file alone cannot tell its heads. */
const HEADS: Heads = { image: 3, text: 2 };
/** Of the joint space. */
const WIDTH = 24;

let folder: string;
let patches: tf.Tensor3D;
let rows: number[][];
let expected: number[];

beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-load-clip-'));
  const golden = await openGolden();
  ({ rows } = golden);
  patches = golden.batch.patches;
  const features = (name: string) => [...(golden.golden.tensors.get(name)?.values ?? [])];
  expected = [...features('zero-shot/image_features'), ...features('zero-shot/text_features')];
});
afterAll(() => rm(folder, { recursive: true }));

/** Image and text features of the golden inputs under the model at `path`. */
async function featuresOf(path: string, heads?: Heads): Promise<number[]> {
  const { weights } = await loadClip(path, heads);
  const both = tf.tidy(() => {
    const layout = layOutText(rows, END_ID, 0);
    return tf.concat([
      tf.reshape(encodeImage(weights, patches, null).features, [-1]),
      tf.reshape(encodeText(weights, layout, null).features, [-1]),
    ]);
  });
  const values = [...both.dataSync()];
  both.dispose();
  disposeWeights(weights);
  return values;
}

function expectGolden(features: number[], tolerance = 1e-4): void {
  expect(features).toHaveLength(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...features.map((v, i) => Math.abs(v - (expected[i] as number))));
  expect(worst / size).toBeLessThan(tolerance);
}

/** The class nearest to each image: features are those of the images, then those of the texts. */
function bestClasses(features: number[]): number[] {
  const all = Array.from({ length: features.length / WIDTH }, (_, i) =>
    features.slice(i * WIDTH, (i + 1) * WIDTH),
  );
  const images = patches.shape[0];
  const cosine = (a: number[], b: number[]) =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / Math.hypot(...b);
  return all.slice(0, images).map((image) => {
    const near = all.slice(images).map((text) => cosine(image, text));
    return near.indexOf(Math.max(...near));
  });
}

const bits = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] as number;

/** The nearest number of half precision, as its bits. */
function half(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}

async function rawTensors(path: string): Promise<Record<string, RawTensor>> {
  const file = await openSafetensors(path);
  const tensors: Record<string, RawTensor> = {};
  for (const [name, { shape }] of file.entries)
    tensors[name] = rawF32(shape, await file.read(name));
  await file.close();
  return tensors;
}

type Change = (tensors: Record<string, RawTensor>) => void;

/** A Hugging Face folder of the golden model with its tensors changed. */
async function changedFolder(name: string, change: Change): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  const tensors = await rawTensors(join(GOLDEN_MODEL, 'model.safetensors'));
  change(tensors);
  await writeFile(join(path, 'model.safetensors'), safetensorsBytes(tensors));
  await copyFile(join(GOLDEN_MODEL, 'config.json'), join(path, 'config.json'));
  return path;
}

async function changedFile(name: string, change: Change): Promise<string> {
  const path = join(folder, `${name}.safetensors`);
  const tensors = await rawTensors(OPENAI);
  change(tensors);
  await writeFile(path, safetensorsBytes(tensors));
  return path;
}

const int64 = (count: number): RawTensor => ({
  dtype: 'I64',
  shape: [1, count],
  bytes: new Uint8Array(BigInt64Array.from({ length: count }, (_, i) => BigInt(i)).buffer),
});

describe('every layout of the same weights gives the same features', () => {
  test('Hugging Face folder', async () => expectGolden(await featuresOf(GOLDEN_MODEL)));

  test('Hugging Face file by itself, config.json beside it', async () =>
    expectGolden(await featuresOf(join(GOLDEN_MODEL, 'model.safetensors'))));

  test('OpenAI file', async () => expectGolden(await featuresOf(OPENAI, HEADS)));

  test('two shards with an index', async () => {
    const path = join(folder, 'sharded');
    await mkdir(path);
    const tensors = Object.entries(await rawTensors(join(GOLDEN_MODEL, 'model.safetensors')));
    const weightMap: Record<string, string> = {};
    for (const [index, part] of [tensors.slice(0, 70), tensors.slice(70)].entries()) {
      const file = `model-0000${index + 1}-of-00002.safetensors`;
      await writeFile(join(path, file), safetensorsBytes(Object.fromEntries(part)));
      for (const [name] of part) weightMap[name] = file;
    }
    const index = join(path, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: weightMap }));
    await copyFile(join(GOLDEN_MODEL, 'config.json'), join(path, 'config.json'));
    expectGolden(await featuresOf(path));

    await rm(join(path, 'model-00002-of-00002.safetensors'));
    await expect(loadClip(path)).rejects.toThrow(/model-00002-of-00002\.safetensors/);
    await writeFile(index, '{"weight_map": ');
    await expect(loadClip(path)).rejects.toThrow(/index\.json.* is not valid JSON/);
    await rm(index);
    await expect(loadClip(path)).rejects.toThrow(
      'it holds model-00001-of-00002.safetensors, a part, without the list of the parts',
    );
  });

  test('a folder whose file has another name is told to give its path', async () => {
    const path = join(folder, 'other name');
    await mkdir(path);
    await expect(loadClip(path)).rejects.toThrow('give a weight file, or a folder with');
    await copyFile(OPENAI, join(path, 'ViT.safetensors'));
    await expect(loadClip(path)).rejects.toThrow('it holds ViT.safetensors, whose own path');
  });

  test('position_ids and an unknown tensor change nothing; the unknown one is noted', async () => {
    const path = await changedFolder('extra', (tensors) => {
      tensors['text_model.embeddings.position_ids'] = int64(16);
      tensors['vision_model.embeddings.position_ids'] = int64(17);
      tensors['extra.head.weight'] = rawF32([2], [1, 2]);
    });
    expectGolden(await featuresOf(path));
    const { weights, notes } = await loadClip(path);
    disposeWeights(weights);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('extra.head.weight');
    expect(notes[0]).not.toContain('position_ids');
  });

  /** Every number of a file in another format: those that `chosen` names, the others as they were. */
  const inFormat = (dtype: 'F16' | 'BF16', chosen: (name: string) => boolean): Change => {
    const word = dtype === 'F16' ? half : (value: number) => (bits(value) + 0x8000) >>> 16;
    return (tensors) => {
      for (const [name, { shape, bytes }] of Object.entries(tensors)) {
        if (!chosen(name)) continue;
        const words = Uint16Array.from(new Float32Array(bytes.slice().buffer), word);
        tensors[name] = { dtype, shape, bytes: new Uint8Array(words.buffer) };
      }
    };
  };

  test.each<[string, Change, number]>([
    ['half precision', inFormat('F16', () => true), 0.005],
    ['bfloat16', inFormat('BF16', () => true), 0.05],
    [
      'mixed',
      (tensors) => {
        inFormat('F16', (name) => name.includes('mlp'))(tensors);
        inFormat('BF16', (name) => name.includes('attn'))(tensors);
      },
      0.05,
    ],
  ])('%s loads near the float32 values, with the same best class', async (name, change, far) => {
    const path = await changedFile(name, change);
    const features = await featuresOf(path, HEADS);
    expectGolden(features, far);
    expect(bestClasses(features)).toEqual(bestClasses(expected));
    const folder = await changedFolder(`${name}-hf`, change);
    expectGolden(await featuresOf(folder), far);
  });
});

describe('what does not fit is refused with a sentence that names it', () => {
  async function refusal(path: string, heads?: Heads): Promise<FaptError> {
    const error = await loadClip(path, heads).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(FaptError);
    return error as FaptError;
  }

  test('a missing tensor, by the name the file should have', async () => {
    const kProjection = 'vision_model.encoder.layers.1.self_attn.k_proj.weight';
    const path = await changedFolder('missing', (tensors) => delete tensors[kProjection]);
    const { code, message } = await refusal(path);
    expect(code).toBe('tensor-missing');
    expect(message).toContain(kProjection);
    const openai = await changedFile('missing', (tensors) => delete tensors['ln_final.bias']);
    expect((await refusal(openai, HEADS)).message).toContain('"ln_final.bias"');
  });

  test.each([
    ['vision_model.encoder.layers.2.layer_norm1.weight', 'hf'],
    ['text_model.encoder.layers.3.layer_norm1.weight', 'hf-last'],
  ])('a block without %s is not taken for the end of the tower', async (name, kind) => {
    const path = await changedFolder(`blocks-${kind}`, (tensors) => delete tensors[name]);
    const { code, message } = await refusal(path);
    expect(code).toBe('tensor-missing');
    expect(message).toContain(name);
  });

  test('a misshapen tensor, by both shapes', async () => {
    const path = await changedFile('misshapen', (tensors) => {
      tensors['ln_final.bias'] = rawF32([31], new Array(31).fill(0));
    });
    const { code, message } = await refusal(path, HEADS);
    expect(code).toBe('tensor-shape');
    expect(message).toMatch(/misshapen\.safetensors: "ln_final\.bias" has shape \[31\].*\[32\]/);
  });

  test('keys that do not fit the queries beside them', async () => {
    const name = 'text_model.encoder.layers.0.self_attn.k_proj.bias';
    const path = await changedFolder('uneven', (tensors) => {
      tensors[name] = rawF32([16], new Array(16).fill(0));
    });
    const { code, message } = await refusal(path);
    expect(code).toBe('tensor-shape');
    expect(message).toContain('text_model.encoder.layers.0.self_attn.');
  });

  test.each([Number.POSITIVE_INFINITY, Number.NaN])('a value that is %d', async (value) => {
    const path = await changedFile(`value-${value}`, (tensors) => {
      const { shape, bytes } = tensors['transformer.resblocks.3.mlp.c_proj.bias'] as RawTensor;
      const values = new Float32Array(bytes.slice().buffer);
      values[5] = value;
      tensors['transformer.resblocks.3.mlp.c_proj.bias'] = rawF32(shape, values);
    });
    const { code, message } = await refusal(path, HEADS);
    expect(code).toBe('tensor-not-finite');
    expect(message).toContain('transformer.resblocks.3.mlp.c_proj.bias');
  });

  test('an infinity in half precision, by its tensor', async () => {
    const name = 'transformer.resblocks.1.attn.out_proj.bias';
    const path = await changedFile('half-infinity', (tensors) => {
      const { shape } = tensors[name] as RawTensor;
      const words = Uint16Array.from({ length: shape[0] as number }, (_, i) =>
        i === 3 ? 0x7c00 : 0,
      );
      tensors[name] = { dtype: 'F16', shape, bytes: new Uint8Array(words.buffer) };
    });
    const { code, message } = await refusal(path, HEADS);
    expect(code).toBe('tensor-not-finite');
    expect(message).toContain(name);
  });

  test('a ResNet, by what it is', async () => {
    const path = await changedFile('resnet', (tensors) => {
      for (const name of Object.keys(tensors)) if (name.startsWith('visual.')) delete tensors[name];
      tensors['visual.layer1.0.conv1.weight'] = rawF32([1, 1, 1, 1], [0]);
      tensors['visual.attnpool.positional_embedding'] = rawF32([2, 2], [0, 0, 0, 0]);
    });
    const { code, message } = await refusal(path);
    expect(code).toBe('weights-foreign');
    expect(message).toMatch(/CLIP with a ResNet image tower, .* not supported: choose ViT weights/);
  });

  test('weights of something else', async () => {
    const path = join(folder, 'resnet.safetensors');
    await writeFile(path, safetensorsBytes({ 'layer1.weight': rawF32([1], [0]) }));
    expect((await refusal(path)).code).toBe('weights-foreign');
    expect((await refusal(join(folder, 'nowhere'))).code).toBe('weights-missing');
  });

  test('a refused file leaves no tensor behind', async () => {
    const path = await changedFile('leak', (tensors) => {
      tensors.logit_scale = rawF32([], [Number.NaN]);
    });
    const before = tf.memory().numTensors;
    await refusal(path, HEADS);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('head counts', () => {
  test('come from config.json', async () => {
    const { weights } = await loadClip(GOLDEN_MODEL);
    expect(weights.shape).toMatchObject({ imageHeads: 3, textHeads: 2, imageBlocks: 4 });
    disposeWeights(weights);
  });

  test('else from width / 64, and where that is no integer the sentence says what to add', async () => {
    const path = join(folder, 'no-config');
    await mkdir(path);
    await copyFile(join(GOLDEN_MODEL, 'model.safetensors'), join(path, 'model.safetensors'));
    await expect(loadClip(path)).rejects.toThrow(
      /heads of the image tower cannot be told \(its width 48 is no multiple of 64\): add a config\.json that gives num_attention_heads/,
    );
    await expect(loadClip(OPENAI)).rejects.toThrow(/add a config\.json/);
    // The advice must work for OpenAI's naming too.
    const beside = join(folder, 'openai-with-config');
    await mkdir(beside);
    await copyFile(OPENAI, join(beside, 'model.safetensors'));
    await copyFile(join(GOLDEN_MODEL, 'config.json'), join(beside, 'config.json'));
    expectGolden(await featuresOf(join(beside, 'model.safetensors')));
  });

  test('that do not divide the width are refused', async () => {
    await expect(loadClip(GOLDEN_MODEL, { image: 5, text: 2 })).rejects.toThrow(
      /5 does not divide its width 48/,
    );
  });

  test('of a wide tower are width / 64', async () => {
    const width = 128;
    const tensors: Record<string, RawTensor> = {};
    for (const [name, { shape }] of Object.entries(await rawTensors(OPENAI))) {
      const wide = shape.map((n) => (name.startsWith('visual.') ? n : (n * width) / 32));
      const vision = shape.map((n) => (n % 48 === 0 ? (n * width) / 48 : n));
      const size = name.startsWith('visual.') ? vision : wide;
      // Vocabulary, context and joint width stay; only widths grow.
      if (name === 'token_embedding.weight') size[0] = 96;
      if (name === 'positional_embedding') size[0] = 16;
      if (name === 'text_projection') size[1] = 24;
      const count = size.reduce((a, b) => a * b, 1);
      tensors[name] = rawF32(size, new Float32Array(count));
    }
    const path = join(folder, 'wide.safetensors');
    await writeFile(path, safetensorsBytes(tensors));
    const { weights } = await loadClip(path);
    expect(weights.shape).toMatchObject({ imageHeads: 2, textHeads: 2, imageWidth: width });
    disposeWeights(weights);
  });

  test('another activation than quick_gelu is refused', async () => {
    const path = await changedFolder('gelu', () => {});
    const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    config.text_config.hidden_act = 'gelu';
    await writeFile(join(path, 'config.json'), JSON.stringify(config));
    await expect(loadClip(path)).rejects.toThrow(/activation "gelu", and only CLIP's quick_gelu/);
    await writeFile(join(path, 'config.json'), '{"vision_config": ');
    await expect(loadClip(path)).rejects.toThrow(/config\.json is not valid JSON/);
  });
});

test('loading and disposing leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  for (const path of [GOLDEN_MODEL, OPENAI]) {
    const { weights } = await loadClip(path, HEADS);
    disposeWeights(weights);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('openModel loads again when the weights inside a folder are replaced in place', async () => {
  const path = await changedFolder('replaced', () => {});
  await writeTokenizer(path);
  const scaleOf = async () => (await openModel({ path })).weights.logitScale;
  const first = await scaleOf();
  expect(first).toBeCloseTo(20, 4);
  const file = join(path, 'model.safetensors');
  const tensors = await rawTensors(file);
  tensors.logit_scale = rawF32([], [Math.log(50)]);
  await writeFile(file, safetensorsBytes(tensors));
  await utimes(file, new Date(), new Date(Date.now() + 5000));
  expect(await scaleOf()).toBeCloseTo(50, 4);
});

test('inspectModel says what the model is', async () => {
  const path = await changedFolder('inspected', (tensors) => {
    tensors['extra.weight'] = rawF32([1], [0]);
  });
  await writeTokenizer(path);
  const report = await inspectModel({ path });
  expect(report).toMatchObject({
    layout: 'huggingface',
    imageSize: 32,
    patchSize: 8,
    contextLength: 16,
    vocabularySize: 96,
    embeddingWidth: 24,
    tokenizer: join(path, 'tokenizer.json'),
  });
  expect(report.logitScale).toBeCloseTo(20, 4);
  expect(report.notes.join()).toContain('extra.weight');
});
