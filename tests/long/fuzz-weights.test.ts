import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTensorFile } from '../../src/engine/clip/open-tensor-file.ts';
import { inspectWeights } from '../../src/engine/clip/weight-report.ts';
import { stream } from '../../src/engine/random.ts';
import { FaptError } from '../../src/shared/errors.ts';

const WEIGHTS = join(import.meta.dirname, '../fixtures/weights');
const FILES = [
  'clip.safetensors',
  'clip-jit.pt',
  'clip-hf.bin',
  'views.pt',
  'legacy.pt',
  'fap.pth.tar-10',
  'coop.pth.tar-50',
  'refused.pt',
];
const SECONDS = 40;
/** Cases that are tried on a machine that does not come so far in that time. */
const LEAST = 2000;
const MOST_BYTES = 1e9;
/** No case takes a tenth of a second. */
const HANG_MS = 20_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Random = ReturnType<typeof stream>;

const below = (random: Random, limit: number) => Math.floor(random.random() * limit);

/** Where a file's structure is: the head, the end, or anywhere. */
function place(random: Random, length: number): number {
  const near = Math.min(length, 600);
  const where = below(random, 3);
  if (where === 0) return below(random, near);
  return where === 1 ? length - 1 - below(random, near) : below(random, length);
}

const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** One kind of damage, as transfers, disks and people with bad intentions make it. */
const DAMAGES: ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, place(random, bytes.length)),
  (bytes, random) => {
    bytes[place(random, bytes.length)] = below(random, 256);
    return bytes;
  },
  (bytes, random) => {
    const at = place(random, bytes.length - 8);
    for (let i = 0; i < 8; i += 1) bytes[at + i] = EDGES[below(random, EDGES.length)] as number;
    return bytes;
  },
  (bytes, random) => {
    const at = place(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(random, 64))]);
  },
  (bytes, random) => {
    const [from, to] = [place(random, bytes.length), place(random, bytes.length)];
    const piece = bytes.subarray(from, from + below(random, 400));
    return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
  },
  (bytes, random) => {
    // A digit of a JSON header, a count of a pickle.
    const at = place(random, bytes.length);
    const digit = bytes.subarray(at).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
    if (digit >= 0) bytes[at + digit] = 0x30 + below(random, 10);
    return bytes;
  },
];

async function readEverything(path: string): Promise<void> {
  const file = await openTensorFile(path);
  try {
    for (const name of file.entries.keys()) await file.read(name);
  } finally {
    await file.close();
  }
  await inspectWeights(path);
}

test(`damaged weight files for ${SECONDS} s: read, or refused with a sentence; bounded memory`, async () => {
  const originals = await Promise.all(FILES.map((name) => readFile(join(WEIGHTS, name))));
  const path = join(folder, 'damaged');
  const until = Date.now() + SECONDS * 1000;
  const tally = { read: 0, refused: 0 };
  for (let index = 0; index < LEAST || Date.now() < until; index += 1) {
    const random = stream(1, 'fuzz-weights', index);
    let bytes = Buffer.from(originals[index % originals.length] as Buffer);
    for (let times = 1 + below(random, 3); times > 0 && bytes.length > 16; times -= 1) {
      bytes = Buffer.from(
        (DAMAGES[below(random, DAMAGES.length)] as (typeof DAMAGES)[0])(bytes, random),
      );
    }
    await writeFile(path, bytes);
    const what = `case ${index} of ${FILES[index % FILES.length]}`;
    const hang = delay(HANG_MS, new Error(`${what} hangs`), { ref: false });
    const error = await Promise.race([readEverything(path), hang]).catch((e: unknown) => e);
    if (error === undefined) tally.read += 1;
    else {
      tally.refused += 1;
      expect(error, `${what}: ${String((error as Error)?.stack)}`).toBeInstanceOf(FaptError);
    }
    expect(process.memoryUsage().rss, what).toBeLessThan(MOST_BYTES);
  }
  // Both ends must have been met, or the damage tries nothing.
  expect(tally.read).toBeGreaterThan(100);
  expect(tally.refused).toBeGreaterThan(100);
});
