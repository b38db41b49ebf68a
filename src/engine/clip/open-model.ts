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

let current: { key: string; model: OpenModel } | null = null;

/**
 * Opens a model, keeping the last one in memory, since jobs on one model follow each other.
 *
 * @throws FaptError as `loadClip` and `loadTokenizer` do
 */
export async function openModel({ path }: ModelRef): Promise<OpenModel> {
  const key = await modelKey(path);
  if (current?.key === key) return current.model;
  if (current) disposeWeights(current.model.weights);
  current = null;
  const loaded = path.startsWith('random:') ? randomModel(path) : await loadClip(path);
  const { weights, layout, dtypes, notes } = loaded;
  try {
    const tokenizer = await loadTokenizer(path, weights.shape.vocabularySize);
    const model = { weights, layout, dtypes, notes, tokenizer };
    current = { key, model };
    return model;
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
  'config.json',
  'tokenizer.json',
];

async function modelKey(path: string): Promise<string> {
  const found = await Promise.all(
    PARTS.map((name) => stat(name ? join(path, name) : path).catch(() => null)),
  );
  return [path, ...found.map((part) => (part ? `${part.size} ${part.mtimeMs}` : '-'))].join(' ');
}
