import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultCache } from '../../../src/main/explain/result-cache.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fapt-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
const HOUR = 3_600_000;
const usedHoursAgo = (file: string, hours: number) => {
  const at = new Date(Date.now() - hours * HOUR);
  return utimes(file, at, at);
};

describe('ResultCache', () => {
  it('makes a result once, and typed arrays come back as they were', async () => {
    const cache = new ResultCache({ folder });
    let made = 0;
    const make = async () => {
      made += 1;
      return { pixels: new Float32Array([0.1, -0, 1e-40]), none: null };
    };
    const name = ResultCache.key('a', { b: 1 });
    expect((await cache.remember(name, make)).cached).toBe(false);
    const again = await new ResultCache({ folder }).remember(name, make);
    expect(again).toEqual({ value: await make(), cached: true });
    expect(made).toBe(2);
    expect(ResultCache.key('a', { b: 2 })).not.toBe(name);
  });

  it('makes what is damaged again', async () => {
    const cache = new ResultCache({ folder });
    const name = ResultCache.key('x');
    await cache.write(name, [1, 2]);
    writeFileSync(cache.file(name), 'rubbish');
    expect(await cache.read(name)).toBeNull();
    expect(await cache.remember(name, async () => [3])).toEqual({ value: [3], cached: false });
    expect(await cache.read(name)).toEqual([3]);
  });

  it('lets the least recently used go, and never what was used just now', async () => {
    const cache = new ResultCache({ folder }, 250);
    const names = ['a', 'b', 'c'].map((part) => ResultCache.key(part)) as [string, string, string];
    await cache.writeBytes(names[0], new Uint8Array(100));
    await cache.writeBytes(names[1], new Uint8Array(100));
    await usedHoursAgo(cache.file(names[0]), 2);
    await usedHoursAgo(cache.file(names[1]), 3);
    // Asked for, so it is no longer the oldest.
    expect(await cache.has(names[1])).toBe(true);
    await cache.writeBytes(names[2], new Uint8Array(100));
    expect(await isThere(cache.file(names[0]))).toBe(false);
    expect(await cache.has(names[1], names[2])).toBe(true);
    expect(await cache.has(names[0], names[1])).toBe(false);
    await cache.writeBytes(names[0], new Uint8Array(1000));
    expect(await cache.has(...names)).toBe(true);
  });

  it('reads parts of a file, and says where one ends too soon', async () => {
    const cache = new ResultCache({ folder });
    await cache.writeBytes('ab.part', Uint8Array.from([1, 2, 3, 4]));
    expect([...(await cache.readPart('ab.part', 1, 2))]).toEqual([2, 3]);
    await expect(cache.readPart('ab.part', 3, 2)).rejects.toThrow('ends before 5');
  });
});
