import { createHash } from 'node:crypto';

/** A stream of random numbers that depends on its key alone. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** An integer in [0, count). */
  below(count: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

/**
 * A generator (sfc32) seeded by the SHA-256 of `key`, so an image depends on its name and on
 * nothing else: not on the order of drawing, not on the images before it.
 */
export function randomFor(key: string): Random {
  const digest = createHash('sha256').update(key).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    below: (count) => Math.floor(next() * count),
    chance: (probability) => next() < probability,
  };
}

/** A copy of `values` in an order that depends on `key` alone (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], key: string): T[] {
  const random = randomFor(key);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const held = result[i] as T;
    result[i] = result[j] as T;
    result[j] = held;
  }
  return result;
}
