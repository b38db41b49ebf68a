import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { MersenneTwister } from '../../src/shared/mersenne-twister.ts';

/** The raw pre-training images in memory. */
export type Pack = {
  count: number;
  concepts: string[];
  /** Image numbers of each concept. */
  itemsOf: number[][];
  /** Pixels [n, 3, S, S] in [0, 1]: mirrored, brightened and tinted at random. */
  augmented(items: number[], random: MersenneTwister): tf.Tensor4D;
};

export async function openPack(folder: string): Promise<Pack> {
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    count: number;
    width: number;
    concepts: string[];
    items: { concept: number[] };
  };
  const bytes = await readFile(join(folder, 'images.u8'));
  const itemsOf: number[][] = index.concepts.map(() => []);
  for (const [item, concept] of index.items.concept.entries()) itemsOf[concept]?.push(item);
  const size = index.width;
  return {
    count: index.count,
    concepts: index.concepts,
    itemsOf,
    augmented(items, random) {
      const values = new Float32Array(items.length * 3 * size * size);
      for (const [row, item] of items.entries()) {
        augmentInto(values, row, bytes, item, size, random);
      }
      return tf.tensor4d(values, [items.length, 3, size, size]);
    },
  };
}

function augmentInto(
  values: Float32Array,
  row: number,
  bytes: Uint8Array,
  item: number,
  size: number,
  random: MersenneTwister,
): void {
  const mirrored = random.random() < 0.5;
  const gain = 0.8 + 0.4 * random.random();
  const plane = size * size;
  const from = item * plane * 3;
  for (let channel = 0; channel < 3; channel += 1) {
    const tint = (gain * (0.9 + 0.2 * random.random())) / 255;
    const to = (row * 3 + channel) * plane;
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) {
        const source = from + (y * size + (mirrored ? size - 1 - x : x)) * 3 + channel;
        values[to + y * size + x] = Math.min(1, (bytes[source] as number) * tint);
      }
    }
  }
}
