import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import type { ClipTokenizer } from '../../../src/engine/clip/tokenizer.ts';
import { driftOf } from '../../../src/engine/prompts/drift.ts';
import { nearestWords } from '../../../src/engine/prompts/nearest-words.ts';

beforeAll(() => startBackend({ threads: 1 }));

const tokenizer: ClipTokenizer = {
  source: 'letters',
  startId: 0,
  endId: 0,
  encode: () => [],
  pieces: (ids) => ids.map((id) => 'abcd'[id] as string),
};

describe('nearest words', () => {
  test('cosine does not see a length that Euclidean distance sees', () => {
    const embedding = tf.tensor2d([
      [10, 0],
      [1, 0.5],
      [0, 3],
      [0, 0],
    ]);
    const vectors = tf.tensor2d([[1, 0]]);
    const tensors = tf.memory().numTensors;
    const [near] = nearestWords(embedding, vectors, tokenizer, 2);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(near?.cosine.map(({ token }) => token)).toEqual(['a', 'b']);
    expect(near?.cosine[0]?.value).toBeCloseTo(1, 6);
    expect(near?.cosine[1]?.value).toBeCloseTo(1 / Math.hypot(1, 0.5), 6);
    expect(near?.euclidean.map(({ token }) => token)).toEqual(['b', 'd']);
    expect(near?.euclidean.map(({ value }) => value)).toEqual([0.5, 1]);
    embedding.dispose();
    vectors.dispose();
  });
});

describe('drift', () => {
  const values = (...all: number[]) => Float32Array.from(all);

  test('is the norm of the change and the cosine with the start', () => {
    const drift = driftOf(values(0, 4), values(3, 0));
    expect(drift).toEqual({ norm: 4, startNorm: 3, change: 5, cosine: 0 });
  });

  test('has no cosine with nothing', () => {
    expect(driftOf(values(1, 0), values(0, 0)).cosine).toBeNull();
    expect(() => driftOf(values(1), values(1, 2))).toThrow(RangeError);
  });
});
