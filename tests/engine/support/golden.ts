import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Golden, goldenTensor, readGolden } from '../../../src/engine/check/golden-case.ts';
import { toPatches } from '../../../src/engine/clip/image-tower.ts';
import { loadClip } from '../../../src/engine/clip/load-clip.ts';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import type { ClipWeights } from '../../../src/engine/clip/weights.ts';
import { type InitialValues, PromptLearner } from '../../../src/engine/prompts/learner.ts';
import { makeLearner } from '../../../src/engine/prompts/learners.ts';
import type { Batch } from '../../../src/engine/training/attack-batch.ts';

export const GOLDEN_FOLDER = join(import.meta.dirname, '../../fixtures/golden');
export const GOLDEN_MODEL = join(GOLDEN_FOLDER, 'hf');
/** Of the golden model's 96 tokens. */
export const START_ID = 94;
export const END_ID = 95;

/** The small random CLIP of the recorded values, with its pixels, labels and token rows. */
export type GoldenModel = {
  clip: ClipWeights;
  golden: Golden;
  rows: number[][];
  batch: Batch;
};

export async function openGolden(): Promise<GoldenModel> {
  const golden = await readGolden(GOLDEN_FOLDER);
  const { weights: clip } = await loadClip(GOLDEN_MODEL);
  const tokens = golden.tensors.get('input/tokens');
  if (!tokens) throw new Error('the golden file has tokens');
  const [classes = 0, length = 0] = tokens.shape;
  const rows = Array.from({ length: classes }, (_, k) => [
    ...tokens.values.slice(k * length, (k + 1) * length),
  ]);
  const patches = (name: string) =>
    tf.tidy(() => toPatches(goldenTensor(golden, name) as tf.Tensor4D, clip.shape.patchSize));
  const labels = [...(golden.tensors.get('input/y')?.values ?? [])];
  const batch = { patches: patches('input/x'), labels, start: patches('input/delta0') };
  return { clip, golden, rows, batch };
}

/** FAP's learner at the golden start values of `method`. */
export function goldenLearner(golden: Golden, method = 'cba-fapt'): PromptLearner {
  const prefix = `${method}/init/`;
  const initial: InitialValues = {};
  for (const [key, value] of golden.tensors) {
    if (key.startsWith(prefix)) initial[key.slice(prefix.length)] = value;
  }
  return makeLearner('coupled', initial, golden.settings.depth);
}

/** The prompted golden model, or without a learner the plain one. */
export function goldenPrompted({ clip, golden, rows }: GoldenModel, prompted = true) {
  const learner = prompted
    ? goldenLearner(golden)
    : new PromptLearner({}, () => ({ image: null, text: null }));
  const layout = layOutText(rows, END_ID, prompted ? golden.settings.n_ctx : 0);
  return { clip, layout, learner };
}

/** Largest distance of two tensors' values over the largest value of the second. */
export function relativeDistance(a: tf.Tensor, b: tf.Tensor): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`shapes [${a.shape}] and [${b.shape}]`);
  return tf.tidy(() => {
    const distance = tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;
    const size = tf.max(tf.abs(b)).dataSync()[0] as number;
    return size === 0 ? distance : distance / size;
  });
}
