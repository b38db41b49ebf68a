import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { fromPatches } from '../../../src/engine/clip/image-tower.ts';
import { decodeImage, decodeRandomCrop } from '../../../src/engine/images/decode-image.ts';
import { DecodePool, type DecodeRequest } from '../../../src/engine/images/decode-pool.ts';
import { ImageLoader } from '../../../src/engine/images/image-loader.ts';
import { stream } from '../../../src/engine/random.ts';

let folder: string;
const paths: string[] = [];
beforeAll(async () => {
  await startBackend({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'fapt-loader-'));
  for (let index = 0; index < 6; index += 1) {
    const bytes = Uint8Array.from({ length: 3 * 20 * 24 }, (_, i) => (i * (index + 3)) % 251);
    const path = join(folder, `${index}.png`);
    await sharp(bytes, { raw: { width: 20, height: 24, channels: 3 } }).toFile(path);
    paths.push(path);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** A pool that writes down what it is asked. */
class WatchedPool extends DecodePool {
  readonly asked: DecodeRequest[] = [];
  readonly stops: Int32Array[] = [];

  override decode(request: DecodeRequest, stopped: Int32Array): Promise<Uint8Array> {
    this.asked.push(request);
    this.stops.push(stopped);
    return super.decode(request, stopped);
  }
}

const batch = (...indices: number[]) => indices.map((index) => ({ path: paths[index] as string }));

/** Pixels [B, 3, 16, 16] times 255. */
function pixels(patches: tf.Tensor3D): Uint8Array {
  const values = tf.tidy(() => tf.round(tf.mul(fromPatches(patches, 4), 255)).dataSync());
  patches.dispose();
  return Uint8Array.from(values);
}

test('patches are the pixels, in the order asked for, read ahead or not', async () => {
  const before = tf.memory().numTensors;
  const wanted = [...batch(3, 1), { path: paths[2] as string, draws: [5, 'crop'] }];
  const expected = Buffer.concat([
    await decodeImage(paths[3] as string, 16, 'crop'),
    await decodeImage(paths[1] as string, 16, 'crop'),
    await decodeRandomCrop(paths[2] as string, 16, stream(5, 'crop')),
  ]);
  const loader = new ImageLoader(16, 4, 'crop');
  expect(pixels(await loader.patches(wanted))).toEqual(new Uint8Array(expected));
  loader.readAhead([wanted]);
  expect(pixels(await loader.patches(wanted))).toEqual(new Uint8Array(expected));
  expect(tf.memory().numTensors).toBe(before);
});

test('two batches are read ahead and no more, each image once', async () => {
  const pool = new WatchedPool();
  const loader = new ImageLoader(16, 4, 'crop', pool);
  loader.readAhead([batch(0, 1), batch(2, 3), batch(4, 5)]);
  expect(pool.asked.map(({ path }) => path)).toEqual(paths.slice(0, 4));
  (await loader.patches(batch(0, 1))).dispose();
  loader.readAhead([batch(2, 3), batch(0, 1)]);
  expect(pool.asked).toHaveLength(4);
});

test('a random crop is read anew in every epoch, and forgotten', async () => {
  const pool = new WatchedPool();
  const loader = new ImageLoader(16, 4, 'squash', pool);
  const crop = (epoch: number) => [{ path: paths[0] as string, draws: [1, 'crop', epoch] }];
  const first = pixels(await loader.patches(crop(1)));
  const second = pixels(await loader.patches(crop(2)));
  expect(second).not.toEqual(first);
  expect(pixels(await loader.patches(crop(1)))).toEqual(first);
  expect(pool.asked).toHaveLength(3);
});

test('a file that is mended can be read', async () => {
  const path = join(folder, 'late.png');
  const loader = new ImageLoader(16, 4, 'crop');
  loader.readAhead([[{ path }]]);
  await expect(loader.patches([{ path }])).rejects.toMatchObject({
    code: 'image-unreadable',
    message: expect.stringContaining(path),
  });
  await writeFile(path, await sharp(paths[0]).toBuffer());
  (await loader.patches([{ path }])).dispose();
});

test('what a closed loader had asked for is taken back', async () => {
  const pool = new WatchedPool();
  const loader = new ImageLoader(16, 4, 'crop', pool);
  loader.readAhead([batch(0)]);
  expect(Atomics.load(pool.stops[0] as Int32Array, 0)).toBe(0);
  loader.close();
  expect(Atomics.load(pool.stops[0] as Int32Array, 0)).toBe(1);
});
