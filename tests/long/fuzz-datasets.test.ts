import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { addDataset } from '../../src/main/datasets/add-dataset.ts';
import { readPicture } from '../../src/main/datasets/read-picture.ts';
import { FaptError } from '../../src/shared/errors.ts';
import { MersenneTwister } from '../../src/shared/mersenne-twister.ts';
import { LISTS, makeDataset, picture } from '../main/datasets/make-dataset.ts';
import { makeZip } from '../main/datasets/make-zip.ts';

const EACH_MS = 30_000;
/** Damages that are tried on a machine that does not come so far in that time. */
const LEAST = 20;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Some bytes changed, taken out, doubled, or the end cut off. */
function damage(bytes: Uint8Array, random: MersenneTwister): Buffer {
  const damaged = Buffer.from(bytes);
  for (let changes = 1 + random.randbelow(8); changes > 0; changes -= 1) {
    damaged[random.randbelow(damaged.length)] = random.randbelow(256);
  }
  const at = random.randbelow(damaged.length);
  const length = random.randbelow(64);
  const kind = random.randbelow(4);
  if (kind === 0) return damaged.subarray(0, at);
  if (kind === 1) return Buffer.concat([damaged.subarray(0, at), damaged.subarray(at + length)]);
  if (kind === 2) return Buffer.concat([damaged.subarray(0, at + length), damaged.subarray(at)]);
  return damaged;
}

/** Damages for half a minute; what is thrown is a sentence, and the limit of a test ends what hangs. */
async function fuzz(bytes: Uint8Array, seed: number, read: (damaged: Buffer) => Promise<unknown>) {
  const random = new MersenneTwister(seed);
  const end = Date.now() + EACH_MS;
  let rounds = 0;
  while (rounds < LEAST || Date.now() < end) {
    const damaged = damage(bytes, random);
    try {
      await read(damaged);
    } catch (error) {
      if (!(error instanceof FaptError)) throw new Error(`round ${rounds}`, { cause: error });
    }
    rounds += 1;
  }
  expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(1e9);
}

async function folderWith(name: string): Promise<(bytes: Buffer) => Promise<unknown>> {
  const folder = await makeDataset();
  folders.push(folder);
  const path = join(folder, name);
  return async (bytes) => {
    writeFileSync(path, bytes);
    return addDataset(null, { path, dryRun: true });
  };
}

describe('damaged', () => {
  it('splits', async () => {
    await fuzz(Buffer.from(JSON.stringify(LISTS)), 1, await folderWith('split.json'));
  });

  it('tables', async () => {
    const rows = Object.entries(LISTS).flatMap(([split, entries]) =>
      entries.map(([path, , name]) => `"${path}",${name},${split}`),
    );
    await fuzz(
      Buffer.from(`path,label,split\n${rows.join('\n')}`),
      2,
      await folderWith('list.csv'),
    );
  });

  it('archives', async () => {
    const entries = await Promise.all(
      ['a/1.png', 'a/2.png', 'b/1.png'].map(async (name) => ({ name, content: await picture() })),
    );
    await fuzz(makeZip(entries), 3, await folderWith('pets.zip'));
  });

  it('pictures', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fapt-fuzz-'));
    folders.push(folder);
    const path = join(folder, 'x');
    for (const [seed, format] of (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).entries()) {
      const bytes = await sharp(await picture('png', 200))
        .toFormat(format)
        .toBuffer();
      const random = new MersenneTwister(10 + seed);
      for (let round = 0; round < 400; round += 1) {
        writeFileSync(path, damage(bytes, random));
        // Never throws: a picture, or why it is none.
        expect(await readPicture(path)).toBeTypeOf('object');
      }
    }
    expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(1e9);
  });
});
