import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeAtomically } from '../../src/engine/write-atomically.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-'));
});
afterAll(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

const bytes = Uint8Array.from([1, 2, 3]);

test('writes into folders that are not there yet and replaces what was there', async () => {
  const path = join(folder, 'a', 'b', 'file');
  await writeAtomically(path, bytes);
  await writeAtomically(path, bytes.slice(1));
  expect([...(await readFile(path))]).toEqual([2, 3]);
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file']);
});

test('says in a sentence what could not be written, and leaves nothing behind', async () => {
  const path = join(folder, 'taken');
  await mkdir(join(path, 'inside'), { recursive: true });
  await expect(writeAtomically(path, bytes)).rejects.toMatchObject({
    code: 'disk-write',
    message: expect.stringMatching(/taken could not be written .*: free some space/),
  });
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  await writeFile(join(folder, 'plain'), 'x');
  await expect(writeAtomically(join(folder, 'plain', 'below'), bytes)).rejects.toMatchObject({
    code: 'disk-write',
  });
});
