import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireWritable } from '../../../src/main/export/require-writable.ts';
import { writeWhole } from '../../../src/main/export/write-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-export-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('replaces a file in one go, makes its folder, and leaves nothing beside it', async () => {
  const file = join(folder, 'new', 'table.csv');
  await writeWhole(file, 'a');
  await writeWhole(file, 'b');
  expect(await readFile(file, 'utf8')).toBe('b');
  expect(await readdir(join(folder, 'new'))).toEqual(['table.csv']);
});

it('says in words why a file cannot be written', async () => {
  await writeFile(join(folder, 'taken'), '');
  await expect(writeWhole(join(folder, 'taken', 'x'), 'x')).rejects.toMatchObject({
    code: 'disk-write',
    message: expect.stringMatching(
      /taken\/x could not be written \(a part of its path is a file\)/,
    ),
  });
  await mkdir(join(folder, 'there'));
  await expect(writeWhole(join(folder, 'there'), 'x')).rejects.toThrow(/\(it is a folder\)/);
  expect((await readdir(folder)).toSorted()).toEqual(['taken', 'there']);
});

it.skipIf(!existsSync('/dev/full'))('writes to a device, and names a full disk', async () => {
  await expect(writeWhole('/dev/full', 'x')).rejects.toThrow(/\(the disk is full\)/);
  await writeWhole('/dev/null', 'x');
  expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
});

it('replaces what a link leads to, not the link', async () => {
  const [file, link] = [join(folder, 'real.csv'), join(folder, 'link.csv')];
  await writeFile(file, 'a');
  await symlink(file, link);
  await writeWhole(link, 'b');
  expect(await readFile(file, 'utf8')).toBe('b');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
});

it('looks beforehand whether a file or a folder could be written', async () => {
  const file = join(folder, 'a.txt');
  await writeFile(file, '');
  await requireWritable(file, 'file');
  await requireWritable(folder, 'folder');
  await requireWritable(join(folder, 'new', 'deep'), 'folder');
  await requireWritable(join(folder, 'new', 'b.txt'), 'file');
  expect(await readdir(folder)).toEqual(['a.txt']);
  await expect(requireWritable(folder, 'file')).rejects.toThrow(/is a folder: give the name of a/);
  await expect(requireWritable(file, 'folder')).rejects.toThrow(/is a file: give the name of a/);
  await expect(requireWritable(join(file, 'x', 'y'), 'folder')).rejects.toThrow(
    /y cannot be made, since .*a\.txt is a file: choose another place/,
  );
});
