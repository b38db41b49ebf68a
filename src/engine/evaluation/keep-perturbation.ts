import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { FaptError } from '../../shared/errors.ts';
import { fromPatches } from '../clip/image-tower.ts';
import { writeAtomically } from '../write-atomically.ts';

/**
 * Writes each image's perturbation as float32 [3, S, S] under its SHA-256 (`aa/HASH` in the folder).
 *
 * @param perturbation patches [B, M, 3 P P]
 * @returns the hashes, in order
 */
export async function keepPerturbation(
  perturbation: tf.Tensor3D,
  patchSize: number,
  folder: string,
): Promise<string[]> {
  const pixels = tf.tidy(() => fromPatches(perturbation, patchSize));
  const values = pixels.dataSync().slice() as Float32Array;
  const [count] = pixels.shape;
  pixels.dispose();
  const perImage = values.length / count;
  const hashes: string[] = [];
  for (let row = 0; row < count; row += 1) {
    const own = values.slice(row * perImage, (row + 1) * perImage);
    hashes.push(await keepBlob(new Uint8Array(own.buffer), folder));
  }
  return hashes;
}

/**
 * Writes perturbations one after another as float32 [n, 3, S, S].
 *
 * @param perturbations each in patch order
 * @param shape of one as patches [M, 3 P P]
 */
export async function writePerturbations(
  path: string,
  perturbations: Float32Array[],
  shape: readonly [number, number],
  patchSize: number,
): Promise<void> {
  async function* pieces() {
    for (const values of perturbations) {
      const pixels = tf.tidy(() => fromPatches(tf.tensor3d(values, [1, ...shape]), patchSize));
      const bytes = pixels.dataSync().slice() as Float32Array;
      pixels.dispose();
      yield new Uint8Array(bytes.buffer);
    }
  }
  await writeAtomically(path, pieces());
}

async function keepBlob(bytes: Uint8Array, folder: string): Promise<string> {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const path = join(folder, hash.slice(0, 2), hash);
  const there = await stat(path).catch(() => null);
  if (there?.size === bytes.length) return hash;
  await writeAtomically(path, bytes);
  return hash;
}

/** @throws FaptError `perturbation-missing` where the file is gone or has another size */
export async function readPerturbation(path: string, size: number): Promise<Float32Array> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes?.length !== 3 * size * size * 4) {
    throw new FaptError(
      'perturbation-missing',
      `The kept perturbation ${path} is missing or has another size than the model's images: evaluate again.`,
    );
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}
