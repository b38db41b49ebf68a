import * as tf from '@tensorflow/tfjs-core';
import { toPatches } from '../clip/image-tower.ts';
import type { StreamName } from '../random.ts';
import { type DecodePool, decodePool } from './decode-pool.ts';
import type { Transform } from './framing.ts';

/** An image to load; with `draws` it is cut at random, by the stream of that name. */
export type Wanted = { path: string; draws?: StreamName };

/** Decoded images kept for the next epoch; few-shot sets fit, ImageNet's does not and is read again. */
const CACHE_BYTES = 512 * 2 ** 20;

/** Batches that are read before they are asked for: decoding goes on while the engine computes. */
export const READ_AHEAD = 2;

/** Reads one job's images at one size, ahead of the engine, and keeps what fits in memory. */
export class ImageLoader {
  readonly #size: number;
  readonly #patchSize: number;
  readonly #transform: Transform;
  readonly #pool: DecodePool;
  /** Asked for and not yet taken, or kept. */
  readonly #decoding = new Map<string, Promise<Uint8Array>>();
  readonly #kept = new Set<string>();
  readonly #stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor(size: number, patchSize: number, transform: Transform, pool = decodePool()) {
    this.#size = size;
    this.#patchSize = patchSize;
    this.#transform = transform;
    this.#pool = pool;
  }

  /** Starts to read without waiting; errors surface when the images are asked for. */
  readAhead(batches: readonly (readonly Wanted[])[]): void {
    for (const wanted of batches.slice(0, READ_AHEAD).flat()) this.#decode(wanted);
  }

  /**
   * Pixels in [0, 1] as patches [B, M, 3 P P]; the caller disposes.
   *
   * @throws FaptError `image-unreadable`, `image-enormous`, `decoder-died`
   */
  async patches(wanted: readonly Wanted[]): Promise<tf.Tensor3D> {
    const planes = await Promise.all(wanted.map((image) => this.#take(image)));
    const perImage = 3 * this.#size * this.#size;
    const values = new Float32Array(planes.length * perImage);
    for (const [row, bytes] of planes.entries()) {
      for (let i = 0; i < perImage; i += 1) values[row * perImage + i] = (bytes[i] as number) / 255;
    }
    return this.toPatches(values, planes.length);
  }

  /** Any [B, 3, S, S] values (a perturbation, say) in the layout of the patches. */
  toPatches(values: Float32Array, count: number): tf.Tensor3D {
    return tf.tidy(() =>
      toPatches(tf.tensor4d(values, [count, 3, this.#size, this.#size]), this.#patchSize),
    );
  }

  /** Takes back what was to be read ahead. */
  close(): void {
    Atomics.store(this.#stopped, 0, 1);
    this.#decoding.clear();
  }

  #decode({ path, draws }: Wanted): Promise<Uint8Array> {
    const key = keyOf({ path, draws });
    const known = this.#decoding.get(key);
    if (known) return known;
    const request = { path, size: this.#size, shape: draws ?? this.#transform };
    const decoding = this.#pool.decode(request, this.#stopped);
    this.#decoding.set(key, decoding);
    // What could not be read is tried again when it is wanted again.
    decoding.catch(() => this.#decoding.delete(key));
    return decoding;
  }

  #take(wanted: Wanted): Promise<Uint8Array> {
    const decoding = this.#decode(wanted);
    const key = keyOf(wanted);
    const perImage = 3 * this.#size * this.#size;
    const fits = (this.#kept.size + 1) * perImage <= CACHE_BYTES;
    if (wanted.draws === undefined && (fits || this.#kept.has(key))) this.#kept.add(key);
    else this.#decoding.delete(key);
    return decoding;
  }
}

function keyOf({ path, draws }: Wanted): string {
  return draws === undefined ? path : JSON.stringify([path, draws]);
}
