import { createHash } from 'node:crypto';
import { MersenneTwister } from '../shared/mersenne-twister.ts';

/** What a stream is for. */
export type StreamName = readonly (string | number)[];

/**
 * A random stream of its own for every use, named by what it is for: `stream(seed, 'order', epoch)`.
 * Draws never depend on what ran before, so shards, resumes and batch sizes agree.
 */
export function stream(...name: StreamName): MersenneTwister {
  const digest = createHash('sha256').update(JSON.stringify(name)).digest();
  return new MersenneTwister(
    Uint32Array.from({ length: digest.length / 4 }, (_, i) => digest.readUInt32LE(4 * i)),
  );
}

/** `count` draws from U(low, high). */
export function uniform(
  random: MersenneTwister,
  count: number,
  low: number,
  high: number,
): Float32Array {
  return Float32Array.from({ length: count }, () => low + (high - low) * random.random());
}

/** `count` draws from N(0, deviation^2), by Box and Muller's transform. */
export function normal(random: MersenneTwister, count: number, deviation: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.random()));
    const angle = 2 * Math.PI * random.random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** 0..count-1 in random order (Fisher and Yates). */
export function permutation(random: MersenneTwister, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = random.randbelow(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
