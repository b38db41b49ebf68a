import { join } from 'node:path';
import type { AlikePair } from '../store/alike-images.ts';
import type { ImageRow } from '../store/images.ts';
import { LEAST_RESEMBLANCE, miniature, resemblance } from './resemblance.ts';

/** What is compared: a picture, its hashes, and the cluster it is known to belong to. */
export type Hashed = Pick<ImageRow, 'path' | 'cluster' | 'sha256'> & {
  perceptualHash?: string | null | undefined;
  file?: string | null | undefined;
};

/** Of 64 bits; recompression and small changes of size or colour move fewer. */
export const MOST_BITS = 4;
/** A test image that looks like very many training images is told with its nearest few. */
const MOST_TWINS = 3;
/** Hashes compared between two moments in which a stop is heard. */
const COMPARED_AT_ONCE = 2_000;

/** One more band than bits that may differ: alike hashes agree in at least one of them. */
const BANDS: readonly [shift: bigint, width: bigint][] = [
  [0n, 13n],
  [13n, 13n],
  [26n, 13n],
  [39n, 13n],
  [52n, 12n],
];

/**
 * Test images that look like training images: their perceptual hashes differ in at most `MOST_BITS`
 * bits, and their miniatures agree. Pictures of one known cluster, one path or the same bytes are left
 * out: that is told already.
 */
export async function findAlike(
  train: Iterable<Hashed>,
  test: Iterable<Hashed>,
  imageRoot: string,
  signal?: AbortSignal,
): Promise<AlikePair[]> {
  const trained = byHash(train);
  const hashes = [...trained.keys()].map((hash) => new Hash(hash));
  const buckets = bucketsOf(hashes);
  const look = new Miniatures(imageRoot);
  const pairs: AlikePair[] = [];
  let compared = 0;
  for (const [text, images] of byHash(test)) {
    compared += 1;
    if (compared % COMPARED_AT_ONCE === 0) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const near = nearest(new Hash(text), buckets);
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

class Hash {
  readonly text: string;
  readonly high: number;
  readonly low: number;

  constructor(text: string) {
    this.text = text;
    this.high = Number.parseInt(text.slice(0, 8), 16);
    this.low = Number.parseInt(text.slice(8), 16);
  }

  distance({ high, low }: Hash): number {
    return bits(this.high ^ high) + bits(this.low ^ low);
  }

  /** The band's bits, with its number in front. */
  *keys(): Generator<number> {
    const value = BigInt(`0x${this.text}`);
    for (const [index, [shift, width]] of BANDS.entries()) {
      yield index * 2 ** 13 + Number((value >> shift) & ((1n << width) - 1n));
    }
  }
}

function bucketsOf(hashes: readonly Hash[]): Map<number, Hash[]> {
  const buckets = new Map<number, Hash[]>();
  for (const hash of hashes) {
    for (const key of hash.keys()) {
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [hash]);
      else bucket.push(hash);
    }
  }
  return buckets;
}

/** Hashes within reach, the nearest first. */
function nearest(hash: Hash, buckets: ReadonlyMap<number, Hash[]>): [Hash, number][] {
  const found = new Map<Hash, number>();
  for (const key of hash.keys()) {
    for (const other of buckets.get(key) ?? []) {
      const distance = hash.distance(other);
      if (distance <= MOST_BITS) found.set(other, distance);
    }
  }
  return [...found].sort(([a, x], [b, y]) => x - y || (a.text < b.text ? -1 : 1));
}

function twinsOf(
  image: Hashed,
  near: readonly [Hash, number][],
  trained: ReadonlyMap<string, Hashed[]>,
): { twin: Hashed; distance: number }[] {
  const twins: { twin: Hashed; distance: number }[] = [];
  for (const [{ text }, distance] of near) {
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
    const fresh = miniature(join(this.#root, file ?? path)).catch(() => null);
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
