import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage, decodeRandomCrop } from '../../../src/engine/images/decode-image.ts';
import { DecodePool } from '../../../src/engine/images/decode-pool.ts';
import { stream } from '../../../src/engine/random.ts';

let folder: string;
const paths: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-pool-'));
  for (let index = 0; index < 6; index += 1) {
    const bytes = Uint8Array.from({ length: 3 * 40 * 30 }, (_, i) => (i * (index + 3)) % 251);
    const path = join(folder, `${index}.png`);
    await sharp(bytes, { raw: { width: 40, height: 30, channels: 3 } }).toFile(path);
    paths.push(path);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const stopped = (value = 0) => new Int32Array(new SharedArrayBuffer(4)).fill(value);
const dying = new URL('./dying-worker.ts', import.meta.url);

describe('threads decode', () => {
  test('what the same call decodes, for every shape and in any number of threads', async () => {
    for (const count of [1, 3]) {
      const pool = new DecodePool(undefined, count);
      const squares = await Promise.all(
        paths.map((path) => pool.decode({ path, size: 16, shape: 'crop' }, stopped())),
      );
      for (const [i, path] of paths.entries()) {
        expect(squares[i]).toEqual(await decodeImage(path, 16, 'crop'));
      }
      const name = [1, 'crop', 2, 'id'];
      const cut = await pool.decode({ path: paths[0] as string, size: 16, shape: name }, stopped());
      expect(cut).toEqual(await decodeRandomCrop(paths[0] as string, 16, stream(...name)));
    }
  });

  test('a file that is no picture fails alone, by its name', async () => {
    const path = join(folder, 'text.png');
    await writeFile(path, 'no picture');
    const pool = new DecodePool(undefined, 1);
    const bad = pool.decode({ path, size: 16, shape: 'crop' }, stopped());
    const good = pool.decode({ path: paths[0] as string, size: 16, shape: 'crop' }, stopped());
    await expect(bad).rejects.toMatchObject({
      code: 'image-unreadable',
      message: `${path} could not be read as an image (its content is no picture of a known format): replace or remove it.`,
    });
    expect(await good).toHaveLength(3 * 16 * 16);
  });

  test('nothing that nobody waits for', async () => {
    const pool = new DecodePool(undefined, 1);
    const request = { path: paths[0] as string, size: 16, shape: 'crop' } as const;
    await expect(pool.decode(request, stopped(1))).rejects.toMatchObject({
      code: 'decoding-stopped',
    });
  });

  test('and keep no process alive', () => {
    const module = fileURLToPath(
      new URL('../../../src/engine/images/decode-pool.ts', import.meta.url),
    );
    const script = `
      const { DecodePool } = await import(${JSON.stringify(module)});
      const request = { path: ${JSON.stringify(paths[0])}, size: 8, shape: 'crop' };
      const planes = await new DecodePool().decode(request, new Int32Array(new SharedArrayBuffer(4)));
      console.log(planes.length);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 60_000,
      encoding: 'utf8',
    });
    expect([run.status, run.stdout.trim()]).toEqual([0, '192']);
  });
});

describe('a thread that dies', () => {
  test.each(['deadly', 'throws'])('names the file it was at, and is replaced: %s', async (name) => {
    const pool = new DecodePool(dying, 1);
    const ask = (path: string) => pool.decode({ path, size: 8, shape: 'crop' }, stopped());
    const [before, at, after] = await Promise.allSettled(
      ['first.png', `${name}.png`, 'later.png'].map(ask),
    );
    expect(before).toMatchObject({ value: Uint8Array.of(9) });
    for (const lost of [at, after]) {
      expect(lost).toMatchObject({
        reason: { code: 'decoder-died', message: expect.stringContaining(`at ${name}.png`) },
      });
    }
    expect(await ask('again.png')).toEqual(Uint8Array.of(9));
  });
});
