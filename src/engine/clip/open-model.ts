import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelRef } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { type LoadedClip, loadClip } from './load-clip.ts';
import { randomClip } from './random-weights.ts';
import { type ClipTokenizer, loadTokenizer } from './tokenizer.ts';
import { type ClipShape, type ClipWeights, disposeWeights } from './weights.ts';

export type OpenModel = {
  weights: ClipWeights;
  tokenizer: ClipTokenizer;
  layout: 'huggingface' | 'openai' | 'random';
  dtypes: string[];
  notes: string[];
};

const VIT_B: Omit<ClipShape, 'patchSize'> = {
  imageSize: 224,
  imageWidth: 768,
  imageHeads: 12,
  imageBlocks: 12,
  textWidth: 512,
  textHeads: 8,
  textBlocks: 12,
  vocabularySize: 49_408,
  contextLength: 77,
  embeddingWidth: 512,
};
const RANDOM_SHAPES: Record<string, ClipShape> = {
  'ViT-B/32': { ...VIT_B, patchSize: 32 },
  'ViT-B/16': { ...VIT_B, patchSize: 16 },
};

type Slot = { key: string; opening: Promise<OpenModel>; model: OpenModel | null; users: number };

/** The model opened last stays in memory, since jobs on one model follow each other. */
let latest: Slot | null = null;
const slots = new Set<Slot>();

/**
 * Opens a model; whoever opens one closes it with `closeModel`. A model that another has replaced is
 * freed when its last user is done, so that a prediction on one never pulls the weights from under a
 * training on another.
 *
 * @throws FaptError as `loadClip` and `loadTokenizer` do
 */
export async function openModel({ path }: ModelRef): Promise<OpenModel> {
  const key = await modelKey(path);
  if (latest?.key !== key) {
    const replaced = latest;
    latest = { key, opening: load(path), model: null, users: 0 };
    slots.add(latest);
    if (replaced) freeUnused(replaced);
  }
  const slot = latest as Slot;
  slot.users += 1;
  try {
    slot.model = await slot.opening;
    return slot.model;
  } catch (error) {
    slot.users -= 1;
    slots.delete(slot);
    if (latest === slot) latest = null;
    throw error;
  }
}

/** Says that a model is no longer used; it stays open until another is wanted. */
export function closeModel(model: OpenModel): void {
  for (const slot of slots) {
    if (slot.model !== model) continue;
    slot.users -= 1;
    if (slot !== latest) freeUnused(slot);
  }
}

function freeUnused(slot: Slot): void {
  if (slot.users > 0) return;
  slots.delete(slot);
  if (slot.model) disposeWeights(slot.model.weights);
}

async function load(path: string): Promise<OpenModel> {
  const loaded = path.startsWith('random:') ? randomModel(path) : await loadClip(path);
  const { weights, layout, dtypes, notes } = loaded;
  try {
    const tokenizer = await loadTokenizer(path, weights.shape.vocabularySize);
    return { weights, layout, dtypes, notes, tokenizer };
  } catch (error) {
    disposeWeights(weights);
    throw error;
  }
}

function randomModel(path: string): Omit<LoadedClip, 'layout'> & { layout: 'random' } {
  const name = path.slice('random:'.length);
  const shape = RANDOM_SHAPES[name];
  if (!shape) {
    const known = Object.keys(RANDOM_SHAPES).join(', ');
    throw new FaptError(
      'model-unknown',
      `There is no random model of the size "${name}": choose one of ${known}.`,
    );
  }
  return { weights: randomClip(shape, 1), layout: 'random', dtypes: ['F32'], notes: [] };
}

/** Files that, changed under the same path, make it another model. */
const PARTS = [
  '',
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'config.json',
  'tokenizer.json',
];

/** Says which model a path holds now. */
export async function modelKey(path: string): Promise<string> {
  const found = await Promise.all(
    PARTS.map((name) => stat(name ? join(path, name) : path).catch(() => null)),
  );
  return [path, ...found.map((part) => (part ? `${part.size} ${part.mtimeMs}` : '-'))].join(' ');
}
