import { mkdtemp, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  firstBrokenFile,
  matchesStamp,
  sealFolder,
  sealOf,
} from '../../../../src/engine/backend/library/sealed-folder.ts';

let root: string;
let folder: string;

async function draft(content: string): Promise<string> {
  const path = await mkdtemp(join(root, 'draft-'));
  await writeFile(join(path, 'library.so'), content);
  await writeFile(join(path, 'header.h'), 'int f();');
  return path;
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fapt-sealed-'));
  folder = join(root, 'target');
  await sealFolder(await draft('machine code'), folder);
});

describe('a sealed folder', () => {
  it('is sound as it was sealed', async () => {
    expect(await matchesStamp(folder)).toBe(true);
    expect(await firstBrokenFile(folder)).toBe(null);
  });

  it('is broken when a file was cut', async () => {
    await truncate(join(folder, 'library.so'), 5);
    expect(await matchesStamp(folder)).toBe(false);
    expect(await firstBrokenFile(folder)).toBe('library.so');
  });

  it('is broken when a byte changed, even with size and time kept', async () => {
    const path = join(folder, 'library.so');
    await writeFile(path, 'machine cOde');
    await utimes(path, new Date(0), new Date(0));
    expect(await firstBrokenFile(folder)).toBe('library.so');
  });

  it('is sound, and stamped anew, when only times changed', async () => {
    await utimes(join(folder, 'header.h'), new Date(0), new Date(0));
    expect(await matchesStamp(folder)).toBe(false);
    expect(await firstBrokenFile(folder)).toBe(null);
    expect(await matchesStamp(folder)).toBe(true);
  });

  it('counts as unfinished without a readable manifest', async () => {
    const manifest = join(folder, 'manifest.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).slice(0, 40));
    expect(await matchesStamp(folder)).toBe(false);
    expect(await firstBrokenFile(folder)).toBe('manifest.json');
  });

  it('has a seal that follows its content', async () => {
    const before = await sealOf(folder);
    await sealFolder(await draft('machine code'), folder);
    expect(await sealOf(folder)).toBe(before);
    await sealFolder(await draft('other code'), folder);
    expect(await sealOf(folder)).not.toBe(before);
  });
});
