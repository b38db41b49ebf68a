import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { exportSplit } from '../../../src/main/datasets/export-split.ts';
import { remediesFor } from '../../../src/main/datasets/remedies.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import type { DatasetRow } from '../../../src/main/store/datasets.ts';
import { listImages } from '../../../src/main/store/images.ts';
import { picture, temporaryFolder, writeFile } from './make-dataset.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function pictures(...paths: string[]): Promise<void> {
  for (const path of paths) writeFile(join(folder, path), await picture());
}
const dry = (more = {}) => addDataset(null, { path: folder, dryRun: true, ...more });
const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('class folders', () => {
  it('without a split get a seeded one, whatever their name', async () => {
    const root = join(folder, 'MyData 测试');
    for (const name of ['cat', 'dog']) {
      for (const i of range(4)) writeFile(join(root, name, `${i}.jpg`), await picture('jpeg'));
    }
    const db = openDatabase(':memory:');
    const { dataset, ...report } = await addDataset(db, { path: root });
    expect(report).toEqual({
      format: 'folders',
      classes: ['cat', 'dog'],
      counts: { train: 4, val: 2, test: 2 },
      problems: [
        {
          file: 'MyData 测试',
          kind: 'made-split',
          message: expect.stringContaining('50/20/30 percent of each class'),
        },
      ],
      skipped: [],
    });
    expect(dataset).toMatchObject({
      name: 'MyData 测试',
      template: 'a photo of a {}.',
      madeSplit: { seed: 1, ratio: [50, 20, 30] },
    });
  });

  it('the same seed makes the same split, another one another', async () => {
    await pictures(...range(20).map((i) => `a/${i}.png`), ...range(20).map((i) => `b/${i}.png`));
    const db = openDatabase(':memory:');
    const add = async (name: string, seed: number) =>
      (await addDataset(db, { path: folder, name, split: { seed, ratio: [50, 20, 30] } })).dataset;
    const [one, same, other] = [await add('1', 1), await add('2', 1), await add('3', 2)];
    expect(one?.counts).toEqual({ train: 20, val: 8, test: 12 });
    expect(same?.splitHash).toBe(one?.splitHash);
    expect(other?.splitHash).not.toBe(one?.splitHash);
  });

  it('a made split, exported and imported elsewhere, is the same three lists', async () => {
    await pictures(...range(7).map((i) => `b b/${i}.png`), ...range(5).map((i) => `a/${i}.png`));
    const db = openDatabase(':memory:');
    const { dataset } = await addDataset(db, { path: folder, name: 'made' });
    if (!dataset) throw new Error('not stored');
    writeFile(join(folder, 'split_own.json'), exportSplit(db, dataset));
    const fresh = openDatabase(':memory:');
    const { dataset: again } = await addDataset(fresh, { path: join(folder, 'split_own.json') });
    expect(again?.splitHash).toBe(dataset.splitHash);
    expect(again?.counts).toEqual(dataset.counts);
    expect(again?.format).toBe('coop');
  });

  it.each<[string, number[], [number, number, number]]>([
    ['one picture trains', [1], [1, 0, 0]],
    ['the second tests', [2], [1, 0, 1]],
    ['three', [3], [2, 0, 1]],
    ['ten', [10], [5, 2, 3]],
  ])('of a small class: %s', async (_, sizes, [train, val, test]) => {
    for (const n of sizes) await pictures(...range(n).map((i) => `a/${i}.png`));
    expect((await dry()).counts).toEqual({ train, val, test });
  });

  it('a told ratio holds, and 0 means none', async () => {
    await pictures(...range(10).map((i) => `a/${i}.png`));
    const { counts } = await dry({ split: { seed: 3, ratio: [80, 0, 20] } });
    expect(counts).toEqual({ train: 8, val: 0, test: 2 });
  });

  it.each([
    [['train', 'val', 'test'], { train: 1, val: 1, test: 1 }, []],
    [['Training', 'valid', 'TEST'], { train: 1, val: 1, test: 1 }, []],
    [['train', 'test'], { train: 1, val: 0, test: 1 }, []],
    [['train', 'validation'], { train: 1, val: 0, test: 1 }, ['val-as-test']],
  ])('in the folders %j are taken as they are', async (parts, counts, kinds) => {
    await pictures(...parts.map((part) => `${part}/cat/1.png`));
    const report = await dry();
    expect(report.counts).toEqual(counts);
    expect(report.classes).toEqual(['cat']);
    expect(report.problems.map(({ kind }) => kind)).toEqual([...kinds, 'one-class']);
  });

  it('a class that only the test folder has stays, and is told', async () => {
    await pictures('train/b/1.png', 'test/a/2.png', 'test/b/3.png');
    const report = await dry();
    expect(report.classes).toEqual(['a', 'b']);
    expect(report.problems).toMatchObject([
      { kind: 'no-training-images', message: 'class "a" has no training images' },
    ]);
  });

  it('a class named "train" among others is a class', async () => {
    await pictures('train/1.png', 'train/2.png', 'bus/1.png', 'bus/2.png');
    expect((await dry()).classes).toEqual(['bus', 'train']);
  });

  it('an empty folder is left out with nothing left to do, or stays a class on request', async () => {
    await pictures('cat/1.png', 'cat/2.png', 'dog/1.png', 'dog/2.png');
    mkdirSync(join(folder, 'bird'));
    const db = openDatabase(':memory:');
    const without = await addDataset(db, { path: folder, name: 'without' });
    expect(without.classes).toEqual(['cat', 'dog']);
    expect(without.problems[0]).toMatchObject({ kind: 'empty-folder', file: 'bird' });
    expect(remediesFor(without.dataset as DatasetRow)).toEqual([]);
    const kept = await addDataset(db, { path: folder, name: 'kept', keepEmpty: true });
    expect(kept.classes).toEqual(['bird', 'cat', 'dog']);
    expect(kept.counts).toEqual(without.counts);
    expect(listImages(db, kept.dataset?.id ?? '', 'train').map(({ label }) => label)).toEqual([
      1, 2,
    ]);
    expect(remediesFor(kept.dataset as DatasetRow)).toMatchObject([
      { remedy: 'drop-untrained-classes', cures: 1 },
    ]);
  });

  it('what lies beside train and test is in no list, and is told', async () => {
    await pictures('train/a/1.png', 'Test/a/2.png', 'training/a/3.png', 'more/b/4.png', 'x.png');
    writeFile(join(folder, 'about.txt'), 'x');
    const report = await dry();
    expect([report.classes, report.counts]).toEqual([['a'], { train: 1, val: 0, test: 1 }]);
    expect(report.problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        '2 folders beside those of train, val and test passed over: more, training',
        '1 picture beside the class folders passed over, having no class: x.png',
        '1 file that is no picture passed over: about.txt',
      ]),
    );
    expect(report.skipped.sort()).toEqual(['about.txt', 'more', 'training', 'x.png']);
  });

  it('links to class folders elsewhere are not followed, which the refusal tells', async () => {
    await pictures('elsewhere/cat/1.png');
    mkdirSync(join(folder, 'here'));
    for (const name of ['cat', 'dog']) {
      symlinkSync(join(folder, 'elsewhere/cat'), join(folder, 'here', name));
    }
    const links = { path: join(folder, 'here'), dryRun: true };
    await expect(addDataset(null, links)).rejects.toThrow(
      'here holds no folders but 2 links out of it, which are not followed, so no classes',
    );
  });

  it('pictures deeper down belong to the class', async () => {
    await pictures('cat/a/1.png', 'cat/b/c/2.png', 'dog/3.png', 'dog/4.png');
    expect((await dry()).counts).toEqual({ train: 2, val: 0, test: 2 });
  });

  it('what is junk becomes no class and no picture, and is counted', async () => {
    await pictures(
      'cat/1.png',
      'cat/2.png',
      'dog/1.png',
      '.ipynb_checkpoints/1.png',
      '__MACOSX/cat/1.png',
      'cat/._1.png',
      'beside.png',
    );
    writeFile(join(folder, '.DS_Store'), 'x');
    writeFile(join(folder, 'cat', 'Thumbs.db'), 'x');
    writeFile(join(folder, 'cat', 'labels.xml'), '<a/>');
    writeFile(join(folder, 'bird', 'desktop.ini'), 'x');
    const db = openDatabase(':memory:');
    const report = await addDataset(db, { path: folder, name: 'pets' });
    expect(report.classes).toEqual(['cat', 'dog']);
    const kinds = Object.fromEntries(report.problems.map(({ kind, message }) => [kind, message]));
    expect(kinds['empty-folder']).toBe('folder "bird" has no pictures and is no class');
    expect(kinds.junk).toMatch(/^6 hidden or system files passed over: /);
    expect(kinds['not-a-picture']).toBe('1 file that is no picture passed over: cat/labels.xml');
    expect(kinds['without-class']).toMatch(/^1 picture beside the class folders/);
    expect(report.skipped.sort()).toEqual([
      '.DS_Store',
      '.ipynb_checkpoints',
      '__MACOSX',
      'beside.png',
      'bird/desktop.ini',
      'cat/._1.png',
      'cat/Thumbs.db',
      'cat/labels.xml',
    ]);
  });

  it('a picture is known by its content where it has no ending', async () => {
    await pictures('a/one', 'a/two.data', 'a/three.PNG');
    writeFile(join(folder, 'a', 'four'), 'no picture');
    const report = await dry();
    expect(report.counts).toEqual({ train: 2, val: 0, test: 1 });
    expect(report.skipped).toEqual(['a/four']);
  });

  it('a link out of the folder is passed over, one inside is a picture', async () => {
    await pictures('data/a/1.png', 'secret.png');
    symlinkSync(join(folder, 'secret.png'), join(folder, 'data/a/out.png'));
    symlinkSync(join(folder, 'data/a/1.png'), join(folder, 'data/a/2.png'));
    symlinkSync(folder, join(folder, 'data/a/round'));
    const report = await addDataset(null, { path: join(folder, 'data'), dryRun: true });
    expect(report.counts.train + report.counts.test).toBe(2);
    expect(report.skipped.sort()).toEqual(['a/out.png', 'a/round']);
  });

  it('names with spaces, other letters and 250 characters work', async () => {
    const long = `${'x'.repeat(246)}.png`;
    await pictures(
      `ein Hund/Ü b.png`,
      `ein Hund/${long}`,
      '狗/图片 1.png',
      `${'k'.repeat(250)}/1.png`,
    );
    const db = openDatabase(':memory:');
    const { dataset, classes } = await addDataset(db, { path: folder });
    expect(classes).toEqual(['ein Hund', 'k'.repeat(250), '狗']);
    const train = listImages(db, dataset?.id ?? '', 'train').map(({ path }) => path);
    const test = listImages(db, dataset?.id ?? '', 'test').map(({ path }) => path);
    expect([...train, ...test]).toContain(`ein Hund/${long}`);
    expect(readdirSync(join(folder, 'ein Hund'))).toContain(basename(long));
  });

  it('one folder that holds all is looked into', async () => {
    await pictures('wrapped/cat/1.png', 'wrapped/dog/1.png', '__MACOSX/x.png');
    const report = await dry();
    expect(report.classes).toEqual(['cat', 'dog']);
  });

  it('without classes are refused with what to do', async () => {
    await pictures('1.png', '2.png');
    await expect(dry()).rejects.toThrow(
      'put the pictures of each class into a folder named after it',
    );
    writeFile(join(folder, 'cat', 'a.txt'), 'x');
    await expect(dry()).rejects.toThrow('holds no folder with pictures');
  });

  it('one class is told to mean nothing', async () => {
    await pictures('cat/1.png', 'cat/2.png');
    expect((await dry()).problems.map(({ kind }) => kind)).toContain('one-class');
  });

  it('can be broken off', async () => {
    await pictures('a/1.png');
    await expect(dry({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
