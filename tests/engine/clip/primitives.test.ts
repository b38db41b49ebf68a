import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { attention, mergeHeads, splitHeads } from '../../../src/engine/clip/attention.ts';
import { fromPatches, toPatches } from '../../../src/engine/clip/image-tower.ts';
import {
  linear,
  normalizeLayer,
  normalizeLayerVjp,
  quickGelu,
  quickGeluSlope,
  withPlainForms,
} from '../../../src/engine/clip/primitives.ts';
import { cosine, logitsOf, unit } from '../../../src/engine/clip/similarity.ts';
import { normal, stream } from '../../../src/engine/random.ts';
import { gradientError, weightedSum } from '../support/central-differences.ts';
import { relativeDistance } from '../support/golden.ts';

/** Constants of the cases; like a model's weights they outlive the tape. */
let weight: tf.Tensor2D;
let bias: tf.Tensor1D;
let prefix: tf.Tensor;
let own: tf.Tensor;
let causal: tf.Tensor2D;

beforeAll(async () => {
  await startBackend({ threads: 1 });
  weight = draw('weight', 4, 3) as tf.Tensor2D;
  bias = draw('bias', 3) as tf.Tensor1D;
  prefix = draw('prefix', 3, 2, 1, 4, 2);
  own = draw('own', 3, 2, 2, 3, 2);
  causal = tf.tensor2d([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [3, 3]);
});

const draw = (name: string, ...shape: number[]) =>
  tf.tensor(
    normal(
      stream(1, 'primitives', name),
      shape.reduce((a, b) => a * b, 1),
      1,
    ),
    shape,
  );

type Case = { name: string; shape: number[]; f: (x: tf.Tensor) => tf.Tensor };
const cases: Case[] = [
  { name: 'linear', shape: [2, 3, 4], f: (x) => linear(x, { weight, bias }) },
  { name: 'linear, no bias', shape: [2, 4], f: (x) => linear(x, { weight, bias: null }) },
  { name: 'normalizeLayer', shape: [2, 3, 5], f: normalizeLayer },
  { name: 'quickGelu', shape: [3, 4], f: quickGelu },
  // 2 heads, 2 sequences, 3 tokens, 2 numbers a head.
  { name: 'attention', shape: [3, 2, 2, 3, 2], f: (x) => attention(x, null, null) },
  { name: 'attention, causal', shape: [3, 2, 2, 3, 2], f: (x) => attention(x, null, causal) },
  {
    name: 'attention over a prefix, by the own tokens',
    shape: [3, 2, 2, 3, 2],
    f: (x) => attention(x, prefix, causal),
  },
  {
    name: 'attention over a prefix, by the prefix',
    shape: [3, 2, 1, 4, 2],
    f: (x) => attention(own, x, causal),
  },
];

describe.each(cases)('$name', ({ name, shape, f }) => {
  test('has the slope of central differences', () => {
    tf.tidy(() => {
      expect(gradientError(f, draw(name, ...shape))).toBeLessThan(5e-3);
    });
  });

  test('equals its plain form, values and gradient', () => {
    tf.tidy(() => {
      const x = draw(name, ...shape);
      const gradient = () => tf.grad((input) => weightedSum(f(input)))(x);
      expect(
        relativeDistance(
          f(x),
          withPlainForms(() => f(x)),
        ),
      ).toBeLessThan(1e-6);
      expect(relativeDistance(gradient(), withPlainForms(gradient))).toBeLessThan(1e-5);
    });
  });

  test('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      tf.grad((input) => weightedSum(f(input)))(draw(name, ...shape));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('by hand', () => {
  test('quickGelu(x) = x / (1 + exp(-1.702 x)) and its slope', () => {
    tf.tidy(() => {
      // x = 0: value 0, slope 1/2. x = 1: s = 1/(1 + e^-1.702) = 0.8457958, slope
      // s + 1.702 s (1 - s) = 0.8457958 + 1.702 * 0.8457958 * 0.1542042 = 1.0677782.
      const x = tf.tensor1d([0, 1, -50]);
      const [value, slope] = [quickGelu(x).dataSync(), quickGeluSlope(x).dataSync()];
      expect(value[0]).toBe(0);
      expect(value[1]).toBeCloseTo(0.8457958, 6);
      expect(value[2]).toBeCloseTo(0, 6);
      expect(slope[0]).toBeCloseTo(0.5, 6);
      expect(slope[1]).toBeCloseTo(1.0677782, 5);
      expect(slope[2]).toBeCloseTo(0, 6);
    });
  });

  test('normalizeLayer gives mean 0 and variance 1; a constant row stays 0 and finite', () => {
    tf.tidy(() => {
      // [1, 3]: mean 2, variance 1, so +-1 / sqrt(1 + 1e-5) = +-0.999995.
      const rows = normalizeLayer(tf.tensor2d([1, 3, 7, 7], [2, 2])).dataSync();
      expect(rows[0]).toBeCloseTo(-0.999995, 6);
      expect(rows[1]).toBeCloseTo(0.999995, 6);
      expect([rows[2], rows[3]]).toEqual([0, 0]);
      // d/dx0 of the first output at [1, 3] is about 0: the output only depends on the order.
      const x = tf.tensor2d([1, 3], [1, 2]);
      const slope = tf.grad((input) => tf.sum(tf.slice(normalizeLayer(input), [0, 0], [1, 1])))(x);
      expect(Math.abs(slope.dataSync()[0] as number)).toBeLessThan(1e-4);
      const vjp = normalizeLayerVjp(tf.ones([1, 2]), tf.tensor2d([-1, 1], [1, 2]), tf.ones([1, 1]));
      expect([...vjp.dataSync()]).toEqual([0, 0]);
    });
  });

  test('attention of equal keys is the mean of the values; the causal mask cuts the future', () => {
    tf.tidy(() => {
      // One head of width 1: q = k = 1 everywhere, v = 1, 2, 6.
      const ones = tf.ones([1, 1, 1, 3, 1]);
      const packed = tf.concat([ones, ones, tf.tensor([1, 2, 6], [1, 1, 1, 3, 1])]);
      expect([...attention(packed, null, null).dataSync()]).toEqual([3, 3, 3]);
      expect([...attention(packed, null, causal).dataSync()]).toEqual([1, 1.5, 3]);
      // With a prefix of one token of value 5: (5+1)/2, (5+1+2)/3, (5+1+2+6)/4.
      const five = tf.tensor([1, 1, 5], [3, 1, 1, 1, 1]);
      const shared = [...attention(packed, five, causal).dataSync()];
      expect(shared[0]).toBeCloseTo(3, 5);
      expect(shared[1]).toBeCloseTo(8 / 3, 5);
      expect(shared[2]).toBeCloseTo(3.5, 5);
    });
  });

  test('splitHeads puts q, k, v first and heads next; mergeHeads lays heads side by side', () => {
    tf.tidy(() => {
      // One token of width 2 in 2 heads: q = 1 2, k = 3 4, v = 5 6.
      const split = splitHeads(tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 1, 6]), 2);
      expect(split.shape).toEqual([3, 2, 1, 1, 1]);
      expect([...split.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
      const two = splitHeads(
        tf.tensor3d(
          Array.from({ length: 24 }, (_, i) => i),
          [2, 2, 6],
        ),
        2,
      );
      const values = tf.squeeze(tf.slice(two, [2, 0, 0, 0, 0], [1, -1, -1, -1, -1]), [0]);
      // v of tokens 0..3 are 4 5, 10 11, 16 17, 22 23.
      expect([...mergeHeads(values).dataSync()]).toEqual([4, 5, 10, 11, 16, 17, 22, 23]);
    });
  });

  test('toPatches lists the grid by rows and keeps channels apart; fromPatches undoes it', () => {
    tf.tidy(() => {
      const pixels = tf.tensor4d(
        Array.from({ length: 48 }, (_, i) => i),
        [1, 3, 4, 4],
      );
      const patches = toPatches(pixels, 2);
      expect(patches.shape).toEqual([1, 4, 12]);
      const rows = patches.arraySync()[0] as number[][];
      expect(rows[1]).toEqual([2, 3, 6, 7, 18, 19, 22, 23, 34, 35, 38, 39]);
      expect(rows[2]?.slice(0, 4)).toEqual([8, 9, 12, 13]);
      expect([...fromPatches(patches, 2).dataSync()]).toEqual([...pixels.dataSync()]);
    });
  });

  test('unit, cosine and logits', () => {
    tf.tidy(() => {
      // (3, 4) has length 5; cos((3, 4), (4, 3)) = 24 / 25; times the scale 10 = 9.6.
      const [a, b] = [tf.tensor2d([3, 4], [1, 2]), tf.tensor2d([4, 3, -8, -6], [2, 2])];
      const close = (t: tf.Tensor, values: number[]) => {
        for (const [i, v] of t.dataSync().entries()) expect(v).toBeCloseTo(values[i] as number, 5);
      };
      close(unit(a), [0.6, 0.8]);
      close(cosine(a, b), [0.96, -0.96]);
      close(logitsOf(a, b, 10), [9.6, -9.6]);
    });
  });
});
