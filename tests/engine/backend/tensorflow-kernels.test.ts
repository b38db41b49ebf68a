import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';

beforeAll(async () => {
  await startBackend({ prefer: 'tensorflow', threads: 1 });
});

/** Small integers, so that every product is exact in float32. */
const table = (rows: number, columns: number) =>
  tf.tensor2d(
    Float32Array.from({ length: rows * columns }, (_, i) => ((i * 7) % 11) - 5),
    [rows, columns],
  );

/** Row by column, by hand. */
function productOf(a: number[][], b: number[][]): number[][] {
  return a.map((row) =>
    (b[0] as number[]).map((_, n) => row.reduce((sum, x, k) => sum + x * (b[k]?.[n] as number), 0)),
  );
}

const turned = (x: number[][]) =>
  (x[0] as number[]).map((_, n) => x.map((row) => row[n] as number));

describe('products', () => {
  const turns = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));
  // Either side of the number of rows at which another operation takes over.
  const sizes = [1, 16, 17].flatMap((rows) => turns.map((turn) => [rows, ...turn] as const));

  it.each(sizes)('of %i rows, first transposed %s, second transposed %s', (rows, first, second) => {
    tf.tidy(() => {
      const [a, b] = [first ? table(5, rows) : table(rows, 5), second ? table(3, 5) : table(5, 3)];
      const product = tf.matMul(a, b, first, second).arraySync() as number[][];
      const [left, right] = [a.arraySync(), b.arraySync()];
      expect(product).toEqual(
        productOf(first ? turned(left) : left, second ? turned(right) : right),
      );
    });
  });

  it('of whole numbers stay whole numbers', () => {
    tf.tidy(() => {
      const product = tf.matMul(tf.cast(table(2, 2), 'int32'), tf.cast(table(2, 2), 'int32'));
      expect(product.dtype).toBe('int32');
    });
  });
});

describe('a cast to the type that is there already', () => {
  it('outlives what it was made from, and the other way round', () => {
    const before = tf.memory().numTensors;
    const [first, second] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 5, 6])];
    const [kept, gone] = [tf.cast(first, 'float32'), tf.cast(second, 'float32')];
    first.dispose();
    gone.dispose();
    expect([...kept.dataSync()]).toEqual([1, 2, 3]);
    expect([...second.dataSync()]).toEqual([4, 5, 6]);
    tf.dispose([kept, second]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does not stand in for one to another type', () => {
    tf.tidy(() => {
      const whole = tf.cast(tf.tensor1d([1.5, -2.5]), 'int32');
      expect(whole.dtype).toBe('int32');
      expect([...whole.dataSync()]).toEqual([1, -2]);
    });
  });
});
