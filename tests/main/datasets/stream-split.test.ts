import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSplit } from '../../../src/main/datasets/readers/coop.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-split-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Buffer, signal?: AbortSignal) {
  const file = join(folder, 'split.json');
  await writeFile(file, content);
  return readSplit(file, signal);
}

describe('a split file, read as a stream', () => {
  it('gives what the whole of it says, over the borders of its pieces', async () => {
    // More than one piece of a mebibyte, with letters of several bytes at its borders.
    const entries = Array.from({ length: 30_000 }, (_, i) => [
      `größe/猫${i}.jpg`,
      i % 3,
      `класс ${i % 3}`,
    ]);
    const text = JSON.stringify({
      other: { train: [1] },
      test: entries,
      train: entries.slice(0, 2),
    });
    expect(Buffer.byteLength(text)).toBeGreaterThan(2 ** 20);
    const { classNames, lists } = await read(text);
    expect(classNames).toEqual(['класс 0', 'класс 1', 'класс 2']);
    expect(lists.test).toEqual(entries.map(([path, label]) => ({ path, label })));
    expect([lists.train.length, lists.val.length]).toEqual([2, 0]);
    expect(await read(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual(await read(text));
  });

  it.each([
    ['[1]', /not an object with the lists/],
    ['"train"', /not an object with the lists/],
    ['{"a": {"train": [["a.jpg", 0, "a"]]}}', /not an object with the lists/],
    ['{"train": {"0": ["a.jpg", 0, "a"]}}', /"train" is not a list/],
    ['{"val": [], "test": 5}', /"test" is not a list/],
    ['{"train": [["a.jpg", 0, "a"]], "train": []}', /"train" is there twice/],
    ['{"train": [], "val": [], "test": []}', /all its lists are empty/],
    ['{"train": [["a.jpg", 0, "a"], ["b.jpg", 0]]}', /entry 2 of "train"/],
  ])('%s is no split', async (text, sentence) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'split-shape',
      message: expect.stringMatching(sentence),
    });
  });

  it.each([
    ['{"train": [["a.jpg", 0, "a"]],\n "val": [}', 'line 2, column 10'],
    ['{"train": [["a.jpg", 0, "a"]', 'where the file ends too early'],
    ['{"train": [["a.jpg", 0, "a"]]} and more', 'line 1, column 32'],
    ['', 'line 1, column 1'],
  ])('of %j it says where it is broken', async (text, where) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'json-broken',
      message: expect.stringContaining(where),
    });
  });

  it('is left when it is told to', async () => {
    const text = JSON.stringify({ train: [['a.jpg', 0, 'a']] });
    await expect(read(text, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
