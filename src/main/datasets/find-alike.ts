import { join } from 'node:path';
import { decodeApart } from '../pictures/decode-apart.ts';
import type { AlikePair } from '../store/alike-images.ts';
import type { ImageRow } from '../store/images.ts';
import { LEAST_RESEMBLANCE, resemblance } from './resemblance.ts';

/** What is compared: a picture, its hashes, and the cluster it is known to belong to. */
export type Hashed = Pick<ImageRow, 'path' | 'cluster' | 'sha256'> & {
  perceptualHash?: string | null | undefined;
  file?: string | null | undefined;
};

/** Of 64 bits; recompression and small changes of size or colour move fewer. */
export const MOST_BITS = 8;
/** A test image that looks like very many training images is told with its nearest few. */
const MOST_TWINS = 3;
/** Comparisons between two moments in which a stop is heard: some tens of milliseconds. */
const COMPARED_AT_ONCE = 20_000_000;

/**
 * Test images that look like training images: their perceptual hashes differ in at most `MOST_BITS`
 * bits, and their miniatures agree. Pictures of one known cluster, one path or the same bytes are left
 * out: that is told already. Every pair is compared: 2 ns each, so minutes for a set like ImageNet,
 * whose reading takes the better part of an hour.
 */
export async function findAlike(
  train: Iterable<Hashed>,
  test: Iterable<Hashed>,
  imageRoot: string,
  signal?: AbortSignal,
): Promise<AlikePair[]> {
  const trained = byHash(train);
  const hashes = new Hashes([...trained.keys()]);
  const look = new Miniatures(imageRoot);
  const pairs: AlikePair[] = [];
  let compared = 0;
  for (const [text, images] of byHash(test)) {
    const near = hashes.near(text);
    compared += trained.size;
    if (compared > COMPARED_AT_ONCE) {
      compared = 0;
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const image of images) {
      for (const { twin, distance } of twinsOf(image, near, trained)) {
        if (await look.alike(image, twin)) {
          pairs.push({ testPath: image.path, trainPath: twin.path, distance });
        }
      }
    }
  }
  return pairs;
}

function byHash(images: Iterable<Hashed>): Map<string, Hashed[]> {
  const groups = new Map<string, Hashed[]>();
  for (const image of images) {
    if (!image.perceptualHash) continue;
    const group = groups.get(image.perceptualHash);
    if (group === undefined) groups.set(image.perceptualHash, [image]);
    else group.push(image);
  }
  return groups;
}

/** Hashes as two 32-bit halves, side by side in memory. */
class Hashes {
  readonly #texts: readonly string[];
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.#high = Uint32Array.from(texts, highOf);
    this.#low = Uint32Array.from(texts, lowOf);
  }

  /** Those within reach of a hash, the nearest first. */
  near(text: string): [text: string, distance: number][] {
    const [high, low] = [highOf(text), lowOf(text)];
    const found: [string, number][] = [];
    for (let at = 0; at < this.#high.length; at += 1) {
      const left = bits(high ^ (this.#high[at] as number));
      if (left > MOST_BITS) continue;
      const distance = left + bits(low ^ (this.#low[at] as number));
      if (distance <= MOST_BITS) found.push([this.#texts[at] as string, distance]);
    }
    return found.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  }
}

const highOf = (text: string): number => Number.parseInt(text.slice(0, 8), 16);
const lowOf = (text: string): number => Number.parseInt(text.slice(8), 16);

function twinsOf(
  image: Hashed,
  near: readonly [text: string, distance: number][],
  trained: ReadonlyMap<string, Hashed[]>,
): { twin: Hashed; distance: number }[] {
  const twins: { twin: Hashed; distance: number }[] = [];
  for (const [text, distance] of near) {
    for (const twin of trained.get(text) ?? []) {
      if (!isToldAlready(image, twin)) twins.push({ twin, distance });
      if (twins.length === MOST_TWINS) return twins;
    }
  }
  return twins;
}

/** A hash of 64 bits sees little, so what it finds is looked at more closely, each picture once. */
class Miniatures {
  readonly #root: string;
  readonly #known = new Map<string, Promise<Float64Array | null>>();

  constructor(root: string) {
    this.#root = root;
  }

  async alike(a: Hashed, b: Hashed): Promise<boolean> {
    const [one, other] = await Promise.all([this.#of(a), this.#of(b)]);
    return one !== null && other !== null && resemblance(one, other) >= LEAST_RESEMBLANCE;
  }

  #of({ path, file }: Hashed): Promise<Float64Array | null> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    // A picture that is gone since is told by the check that reads it.
    const fresh = decodeApart('miniature', join(this.#root, file ?? path)).catch(() => null);
    this.#known.set(path, fresh);
    return fresh;
  }
}

function isToldAlready(image: Hashed, twin: Hashed): boolean {
  if (twin.path === image.path || twin.sha256 === image.sha256) return true;
  return twin.cluster !== null && twin.cluster === image.cluster;
}

/** Set bits of a 32-bit number (Hacker's Delight, 5-1). */
function bits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
