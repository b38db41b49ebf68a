import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../../../src/engine/clip/model-self-test.ts';
import { openSafetensors } from '../../../src/engine/clip/safetensors.ts';
import { inspectWeights } from '../../../src/engine/clip/weight-report.ts';
import { GOLDEN_MODEL } from '../support/golden.ts';
import { rawF32, safetensorsBytes } from '../support/safetensors-bytes.ts';
import { WEIGHTS } from '../support/weight-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function changed(change: (tensors: Record<string, ReturnType<typeof rawF32>>) => void) {
  const file = await openSafetensors(join(GOLDEN_MODEL, 'model.safetensors'));
  const tensors: Record<string, ReturnType<typeof rawF32>> = {};
  for (const [key, { shape }] of file.entries) tensors[key] = rawF32(shape, await file.read(key));
  await file.close();
  change(tensors);
  await writeFile(join(folder, 'model.safetensors'), safetensorsBytes(tensors));
  const heads = {
    vision_config: { num_attention_heads: 3 },
    text_config: { num_attention_heads: 2 },
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(heads));
  return inspectWeights(folder);
}

describe('inspectWeights', () => {
  test('of a model that fits names nothing', async () => {
    const report = await inspectWeights(GOLDEN_MODEL);
    expect(report).toMatchObject({
      format: 'safetensors',
      layout: 'huggingface',
      reason: null,
      rows: [],
    });
    expect(report.tensors).toBeGreaterThan(50);
  });

  test('lists every tensor that is missing, misshapen or of no use, with both shapes', async () => {
    const q = 'text_model.encoder.layers.0.self_attn.q_proj.weight';
    const report = await changed((tensors) => {
      delete tensors[q];
      tensors['text_model.final_layer_norm.bias'] = rawF32([31], new Array(31).fill(0));
      tensors['extra.weight'] = rawF32([2], [1, 2]);
      tensors['text_model.embeddings.position_ids'] = rawF32([1], [0]);
    });
    expect(report.reason).toBe('2 tensors do not fit');
    expect(report.rows).toEqual([
      { name: q, wanted: [32, 32], found: null, problem: 'missing' },
      { name: 'text_model.final_layer_norm.bias', wanted: [32], found: [31], problem: 'shape' },
      { name: 'extra.weight', wanted: null, found: null, problem: 'unknown' },
    ]);
  });

  test('of a file that is no CLIP lists what it holds', async () => {
    const report = await inspectWeights(join(WEIGHTS, 'coop.pth.tar-50'));
    expect(report).toMatchObject({ format: 'torch', layout: null });
    expect(report.reason).toMatch(/no CLIP/);
    expect(report.rows).toContainEqual({
      name: 'state_dict.ctx',
      wanted: null,
      found: [4, 32],
      problem: null,
    });
  });
});

describe('the test before the first use', () => {
  const logits = Float32Array.of(1, 2, 3, 4, 5, 6);

  test('passes numbers that come out twice', () => {
    expect(failureOf(logits, logits.slice())).toBeNull();
  });

  test.each([
    [Float32Array.of(1, 2, Number.NaN, 4, 5, 6), null, /not finite/],
    [Float32Array.of(1, 2, Number.POSITIVE_INFINITY, 4, 5, 6), null, /not finite/],
    [logits, Float32Array.of(1, 2, 3, 4, 5, 7), /second time/],
    [Float32Array.of(1, 2, 3, 1, 2, 3), null, /two different images/],
  ])('fails %s', (first, second, why) => {
    expect(failureOf(first, second ?? first)).toMatch(why);
  });
});
