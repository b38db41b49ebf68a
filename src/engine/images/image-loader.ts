import * as tf from '@tensorflow/tfjs-core';
import type { Example } from '../../shared/engine-contract.ts';
import type { MersenneTwister } from '../../shared/mersenne-twister.ts';
import { toPatches } from '../clip/image-tower.ts';
import { decodeImage, decodeRandomCrop } from './decode-image.ts';
import type { Transform } from './framing.ts';

/** Decoded images kept for the next epoch; few-shot sets fit, ImageNet's does not and is read again. */
const CACHE_BYTES = 512 * 2 ** 20;

/** Decodes images at one size, ahead of the engine, and keeps what fits in memory. */
export class ImageLoader {
  readonly #size: number;
  readonly #patchSize: number;
  readonly #transform: Transform;
  readonly #cache = new Map<string, Promise<Uint8Array>>();

  constructor(size: number, patchSize: number, transform: Transform) {
    this.#size = size;
    this.#patchSize = patchSize;
    this.#transform = transform;
  }

  /** 8-bit planes [3, S, S]. @throws FaptError `image-unreadable` */
  decode(example: Pick<Example, 'path'>): Promise<Uint8Array> {
    const cached = this.#cache.get(example.path);
    if (cached) return cached;
    const decoding = decodeImage(example.path, this.#size, this.#transform);
    const perImage = 3 * this.#size * this.#size;
    if ((this.#cache.size + 1) * perImage <= CACHE_BYTES) {
      this.#cache.set(example.path, decoding);
      decoding.catch(() => this.#cache.delete(example.path));
    }
    return decoding;
  }

  /** Starts decoding without waiting; errors surface when the images are asked for. */
  prefetch(examples: readonly Pick<Example, 'path'>[]): void {
    for (const example of examples) this.decode(example).catch(() => {});
  }

  /** Pixels in [0, 1] as patches [B, M, 3 P P]; the caller disposes. */
  async patches(examples: readonly Pick<Example, 'path'>[]): Promise<tf.Tensor3D> {
    return this.#fromPlanes(await Promise.all(examples.map((example) => this.decode(example))));
  }

  /** Randomly cropped and mirrored training images; `random` gives each image its own stream. */
  async croppedPatches(
    examples: readonly Example[],
    random: (example: Example) => MersenneTwister,
  ): Promise<tf.Tensor3D> {
    const crop = (example: Example) => decodeRandomCrop(example.path, this.#size, random(example));
    return this.#fromPlanes(await Promise.all(examples.map(crop)));
  }

  #fromPlanes(planes: Uint8Array[]): tf.Tensor3D {
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
}
