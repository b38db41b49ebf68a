import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import { openSafetensors } from '../clip/safetensors.ts';

const settingsSchema = z.object({
  eps: z.number(),
  alpha: z.number(),
  steps: z.int(),
  lr: z.array(z.number()),
  momentum: z.number(),
  weight_decay: z.number(),
  n_ctx: z.int(),
  depth: z.int(),
  loss_weights: z.record(z.string(), z.record(z.string(), z.number())),
  weight_decay_of: z.record(z.string(), z.number()),
  fap_lambda: z.number(),
  image_heads: z.int(),
  text_heads: z.int(),
  methods: z.record(
    z.string(),
    z.object({
      attack: z.enum(['ce', 'kl']),
      loss: z.number().optional(),
      terms: z.record(z.string(), z.number()).optional(),
    }),
  ),
});
export type GoldenSettings = z.infer<typeof settingsSchema>;

/** Recorded inputs and values of one random model, computed in float64 elsewhere. */
export type Golden = {
  settings: GoldenSettings;
  tensors: Map<string, { shape: number[]; values: Float32Array }>;
};

/** @throws FaptError where a file is missing or makes no sense */
export async function readGolden(folder: string): Promise<Golden> {
  const path = join(folder, 'cases.json');
  let settings: GoldenSettings;
  try {
    settings = settingsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new FaptError(
      'golden-unreadable',
      `${path} is missing or not a golden settings file: give the folder that holds cases.json and cases.safetensors.`,
      { cause },
    );
  }
  const file = await openSafetensors(join(folder, 'cases.safetensors'));
  const tensors: Golden['tensors'] = new Map();
  for (const [name, { shape }] of file.entries) {
    tensors.set(name, { shape, values: await file.read(name) });
  }
  await file.close();
  return { settings, tensors };
}

export function goldenValues(
  golden: Golden,
  name: string,
): { shape: number[]; values: Float32Array } {
  const found = golden.tensors.get(name);
  if (found) return found;
  throw new FaptError('golden-incomplete', `cases.safetensors lacks "${name}".`);
}

export function goldenTensor(golden: Golden, name: string): tf.Tensor {
  const { shape, values } = goldenValues(golden, name);
  return tf.tensor(values, shape);
}
