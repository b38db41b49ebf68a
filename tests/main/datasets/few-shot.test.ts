import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { chooseClasses, ofClasses, taskOf } from '../../../src/main/datasets/class-set.ts';
import { datasetWarnings } from '../../../src/main/datasets/dataset-warnings.ts';
import { resolveExamples } from '../../../src/main/datasets/examples.ts';
import { fewShot, sampleFewShot } from '../../../src/main/datasets/few-shot.ts';
import { balancedSubset, testSubset } from '../../../src/main/datasets/subset.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { type Entry, makeDataset, writeFile } from './make-dataset.ts';

const { fewShot: recorded } = JSON.parse(
  readFileSync(new URL('../../fixtures/random/python-random.json', import.meta.url), 'utf8'),
) as {
  fewShot: {
    train: number[];
    val: number[];
    lists: { seed: number; shots: number; train: number[]; val: number[] }[];
  };
};

const entries = (labels: number[]) => labels.map((label, position) => ({ label, position }));
const positions = (drawn: { position: number }[]): number[] => drawn.map((entry) => entry.position);

describe('sampleFewShot', () => {
  it.each(recorded.lists)('seed $seed, $shots shots: as Python draws', (list) => {
    const drawn = sampleFewShot(
      entries(recorded.train),
      entries(recorded.val),
      list.shots,
      list.seed,
    );
    expect(positions(drawn.train)).toEqual(list.train);
    expect(positions(drawn.val)).toEqual(list.val);
  });
});

describe('balancedSubset', () => {
  it('the first of each class, in split order', () => {
    const labels = [2, 2, 2, 0, 0, 1, 0, 1, 1];
    expect(positions(balancedSubset(entries(labels), 6))).toEqual([0, 1, 3, 4, 5, 7]);
  });

  it('100 of 12 classes: the four that come first give one more', () => {
    const labels = Array.from({ length: 240 }, (_, i) => (i * 5) % 12);
    const subset = balancedSubset(entries(labels), 100);
    const counts = Map.groupBy(subset, ({ label }) => label);
    expect([0, 5, 10, 3].map((label) => counts.get(label)?.length)).toEqual([9, 9, 9, 9]);
    expect([8, 1, 6, 11, 4, 9, 2, 7].map((label) => counts.get(label)?.length)).toEqual(
      Array(8).fill(8),
    );
  });

  it('a class that runs out is passed over', () => {
    expect(positions(balancedSubset(entries([0, 1, 1, 1, 1, 2]), 5))).toEqual([0, 1, 2, 3, 5]);
  });

  it('all where none is wanted or there are no more', () => {
    expect(balancedSubset(entries([0, 1]), null)).toHaveLength(2);
    expect(balancedSubset(entries([0, 1]), 3)).toHaveLength(2);
  });
});

describe('classes with too few images', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  async function stored(train: Entry[]) {
    const folder = await makeDataset({ train, test: [['t/0.png', 0, train[0]?.[2] ?? '']] });
    folders.push(folder);
    const db = openDatabase(':memory:');
    const { dataset } = await addDataset(db, { path: folder, name: 'set' });
    if (dataset === null) throw new Error('nothing stored');
    return { db, dataset };
  }
  const ofClass = (name: string, label: number, n: number): Entry[] =>
    Array.from({ length: n }, (_, i) => [`${label}/${i}.png`, label, name]);

  it('give all they have, no file twice; a seed says which, and the shortfall is told', async () => {
    const { db, dataset } = await stored([
      ...ofClass('ant', 0, 20),
      ...ofClass('bee', 1, 16),
      ...ofClass('cow', 2, 3),
    ]);
    const [one, same, other] = [1, 1, 2].map((seed) => fewShot(db, dataset, 16, seed));
    expect(one).toMatchObject({ classCounts: [16, 16, 3] });
    expect(one?.warnings.map(({ message }) => message)).toEqual([
      '1 of 3 classes of set have fewer than 16 training images (cow: 3 of 16); all of theirs are used.',
    ]);
    expect(new Set(one?.images).size).toBe(35);
    expect(same?.images).toEqual(one?.images);
    expect(other?.images).not.toEqual(one?.images);
  });

  it('do not make up for it with a file that is listed twice', async () => {
    const { db, dataset } = await stored([
      ...ofClass('ant', 0, 2),
      ...ofClass('ant', 0, 2),
      ...ofClass('bee', 1, 4),
    ]);
    const { images, classCounts, warnings } = fewShot(db, dataset, 4, 1);
    expect(images).toHaveLength(new Set(images).size);
    expect(classCounts).toEqual([2, 4]);
    expect(warnings[0]?.message).toContain('(ant: 2 of 4)');
  });

  it('and none at all stay classes of the task, and are in neither half', async () => {
    const folder = await makeDataset({
      train: [...ofClass('ant', 0, 2), ...ofClass('bee', 1, 2)],
      test: [['t/0.png', 2, 'cow']],
    });
    folders.push(folder);
    const db = openDatabase(':memory:');
    const { dataset } = await addDataset(db, { path: folder, name: 'set' });
    if (dataset === null) throw new Error('nothing stored');
    const sample = fewShot(db, dataset, 2, 1);
    expect(sample.classCounts).toEqual([2, 2, 0]);
    expect(sample.warnings[0]?.message).toContain('(cow: 0 of 2)');
    const names = (classes: 'all' | 'base' | 'new') =>
      taskOf(dataset, chooseClasses(db, dataset, classes)).classNames;
    expect([names('all'), names('base'), names('new')]).toEqual([
      ['ant', 'bee', 'cow'],
      ['ant'],
      ['bee'],
    ]);
    const all = chooseClasses(db, dataset, 'all');
    expect(testSubset(db, dataset, all, null)).toEqual(['t/0.png']);
  });

  it('are counted by label where two have one name', async () => {
    const { db, dataset } = await stored([
      ...ofClass('missile', 0, 4),
      ...ofClass('missile', 1, 1),
    ]);
    expect(fewShot(db, dataset, 4, 1).warnings[0]?.message).toContain('(missile: 1 of 4)');
  });
});

describe('the halves of the classes', () => {
  it.each([
    [5, ['c0', 'c1', 'c2'], ['c3', 'c4']],
    [4, ['c0', 'c1'], ['c2', 'c3']],
    [2, ['c0'], ['c1']],
  ])('of %i classes, in label order', async (n, base, fresh) => {
    const folder = await makeDataset({
      train: Array.from({ length: n }, (_, i) => [`${i}.png`, n - 1 - i, `c${n - 1 - i}`]),
    });
    const db = openDatabase(':memory:');
    const { dataset } = await addDataset(db, { path: folder, name: 'set' });
    rmSync(folder, { recursive: true });
    if (dataset === null) throw new Error('nothing stored');
    const names = (half: 'base' | 'new') =>
      taskOf(dataset, chooseClasses(db, dataset, half)).classNames;
    expect([names('base'), names('new')]).toEqual([base, fresh]);
  });

  it('of a single class are refused', async () => {
    const folder = await makeDataset({ train: [['0.png', 0, 'cat']] });
    const db = openDatabase(':memory:');
    const { dataset } = await addDataset(db, { path: folder, name: 'set' });
    rmSync(folder, { recursive: true });
    if (dataset === null) throw new Error('nothing stored');
    expect(() => chooseClasses(db, dataset, 'new')).toThrow(
      /only 1 class with training images, and base and new halves need at least 2/,
    );
  });
});

describe('a stored dataset', async () => {
  const folder = await makeDataset({
    train: [
      ['a/1.png', 0, 'ant'],
      ['b/1.png', 1, 'bee'],
      ['a/2.png', 0, 'ant'],
    ],
    val: [['b/2.png', 1, 'bee']],
    test: [
      ['a/3.png', 0, 'ant'],
      ['a/4.png', 0, 'ant'],
      ['a/3.png', 0, 'ant'],
      ['b/3.png', 1, 'bee'],
    ],
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const db = openDatabase(':memory:');
  const { dataset } = await addDataset(db, { path: folder, name: 'insects' });
  if (dataset === null) throw new Error('nothing stored');

  it('gives its few-shot images, real counts and a warning', () => {
    const sample = fewShot(db, dataset, 2, 1);
    expect([...sample.images].sort()).toEqual(['a/1.png', 'a/2.png', 'b/1.png']);
    expect(sample).toMatchObject({
      shots: 2,
      seed: 1,
      val: ['b/2.png'],
      classCounts: [2, 1],
      warnings: [
        {
          code: 'short-classes',
          message:
            '1 of 2 classes of insects have fewer than 2 training images (bee: 1 of 2); all of theirs are used.',
        },
      ],
    });
    expect(fewShot(db, dataset, 1, 1).warnings).toEqual([]);
  });

  it('takes an image that is listed twice into the test once', () => {
    const all = chooseClasses(db, dataset, 'all');
    expect(testSubset(db, dataset, all, null)).toEqual(['a/3.png', 'a/4.png', 'b/3.png']);
    expect(testSubset(db, dataset, all, 2)).toEqual(['a/3.png', 'b/3.png']);
  });

  it('splits its classes in halves, the first one larger, labels counted anew', () => {
    const news = chooseClasses(db, dataset, 'new');
    expect(chooseClasses(db, dataset, 'base').labels).toEqual([0]);
    expect(news.labels).toEqual([1]);
    expect(taskOf(dataset, news).classNames).toEqual(['bee']);
    expect(ofClasses([{ label: 0 }, { label: 1 }], news)).toEqual([{ label: 0 }]);
    expect(testSubset(db, dataset, news, null)).toEqual(['b/3.png']);
  });

  it('tells its problems, one warning a kind', () => {
    expect(datasetWarnings(dataset)).toEqual([
      {
        code: 'dataset-duplicate-entry',
        message: 'Dataset insects: "a/3.png" is listed twice in test.',
      },
    ]);
  });

  it('resolves examples in the order asked for', async () => {
    expect(await resolveExamples(db, dataset, 'test', ['b/3.png', 'a/3.png'])).toEqual([
      { id: 'b/3.png', path: join(folder, 'images/b/3.png'), label: 1 },
      { id: 'a/3.png', path: join(folder, 'images/a/3.png'), label: 0 },
    ]);
    expect(taskOf(dataset, chooseClasses(db, dataset, 'all'))).toEqual({
      classNames: ['ant', 'bee'],
      template: 'a photo of a {}.',
    });
    await expect(resolveExamples(db, dataset, 'test', ['a/1.png'])).rejects.toThrow(
      'The image a/1.png is not in test of insects',
    );
  });

  it('names files that changed or are gone', async () => {
    writeFile(join(folder, 'images/a/4.png'), 'other');
    await expect(resolveExamples(db, dataset, 'test', ['a/3.png', 'a/4.png'])).rejects.toThrow(
      '1 file of insects changed since the import, first:',
    );
    for (const name of ['a/3.png', 'b/3.png']) rmSync(join(folder, 'images', name));
    await expect(
      resolveExamples(db, dataset, 'test', ['a/4.png', 'b/3.png', 'a/3.png']),
    ).rejects.toThrow(`2 files of insects missing, first: ${join(folder, 'images/b/3.png')}`);
  });
});
