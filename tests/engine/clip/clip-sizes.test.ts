import { describe, expect, test } from 'vitest';
import { readShape } from '../../../src/engine/clip/clip-shape.ts';
import { clipTensors } from '../../../src/engine/clip/clip-tensors.ts';
import type { TensorSource } from '../../../src/engine/clip/tensor-source.ts';
import type { ClipShape } from '../../../src/engine/clip/weights.ts';
import { LEARNERS } from '../../../src/engine/prompts/learners.ts';

const text = (width: number, contextLength = 77) => ({
  textWidth: width,
  textHeads: width / 64,
  textBlocks: 12,
  vocabularySize: 49_408,
  contextLength,
});
/** The published sizes; none may be written into the program. */
const SIZES: Record<string, ClipShape> = {
  'ViT-B/32': {
    imageSize: 224,
    patchSize: 32,
    imageWidth: 768,
    imageHeads: 12,
    imageBlocks: 12,
    embeddingWidth: 512,
    ...text(512),
  },
  'ViT-B/16': {
    imageSize: 224,
    patchSize: 16,
    imageWidth: 768,
    imageHeads: 12,
    imageBlocks: 12,
    embeddingWidth: 512,
    ...text(512),
  },
  'ViT-L/14': {
    imageSize: 224,
    patchSize: 14,
    imageWidth: 1024,
    imageHeads: 16,
    imageBlocks: 24,
    embeddingWidth: 768,
    ...text(768),
  },
  'ViT-L/14-336': {
    imageSize: 336,
    patchSize: 14,
    imageWidth: 1024,
    imageHeads: 16,
    imageBlocks: 24,
    embeddingWidth: 768,
    ...text(768),
  },
  '248 positions': {
    imageSize: 224,
    patchSize: 14,
    imageWidth: 1024,
    imageHeads: 16,
    imageBlocks: 24,
    embeddingWidth: 768,
    ...text(768, 248),
  },
};

/** A file of these sizes without its numbers. */
function sourceOf(shape: ClipShape): TensorSource {
  const tensors = new Map(clipTensors(shape).map((tensor) => [tensor.name, tensor.shape]));
  return {
    layout: 'openai',
    label: 'x',
    dtypes: ['F32'],
    metadata: {},
    stored: (name) => [{ name, shape: tensors.get(name) }],
    shape: (name) => tensors.get(name),
    dtype: () => 'F32',
    blocks: (tower) => (tower === 'image' ? shape.imageBlocks : shape.textBlocks),
    read: () => Promise.reject(new Error('no numbers')),
    readRaw: () => Promise.reject(new Error('no numbers')),
    unread: () => [],
    close: async () => {},
  };
}

describe.each(Object.entries(SIZES))('%s', (_, shape) => {
  test('is read from its tensors', () => {
    expect(readShape(sourceOf(shape), null)).toEqual(shape);
  });

  test('gives projections of its own widths', () => {
    const start = {
      words: new Float32Array(2 * shape.textWidth),
      contexts: 1,
      contextLength: 2,
      depth: 3,
      border: 30,
      shape,
      seed: 1,
    };
    const fap = LEARNERS.coupled.initial(start);
    expect(fap['project.0.weight']?.shape).toEqual([shape.imageWidth, shape.textWidth]);
    expect(fap['project.1.weight']?.shape).toEqual([shape.textWidth, shape.imageWidth]);
    const maple = LEARNERS.maple.initial(start);
    expect(maple['project.1.weight']?.shape).toEqual([shape.imageWidth, shape.textWidth]);
  });
});
