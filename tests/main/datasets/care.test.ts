import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { checkDataset } from '../../../src/main/datasets/check-dataset.ts';
import { datasetWarnings } from '../../../src/main/datasets/dataset-warnings.ts';
import { editDataset } from '../../../src/main/datasets/edit-dataset.ts';
import { resolveExamples } from '../../../src/main/datasets/examples.ts';
import { fewShot } from '../../../src/main/datasets/few-shot.ts';
import { fixDataset } from '../../../src/main/datasets/fix-dataset.ts';
import { locateDataset } from '../../../src/main/datasets/locate-dataset.ts';
import { remediesFor } from '../../../src/main/datasets/remedies.ts';
import { listAlikePairs } from '../../../src/main/store/alike-images.ts';
import { type Database, openDatabase } from '../../../src/main/store/database.ts';
import { listChanges } from '../../../src/main/store/dataset-changes.ts';
import { type DatasetRow, getDataset } from '../../../src/main/store/datasets.ts';
import { countUnread, listImages } from '../../../src/main/store/images.ts';
import { addModel } from '../../../src/main/store/models.ts';
import type { RemedyName } from '../../../src/shared/dataset-care.ts';
import { newRun } from '../store/fixtures.ts';
import { type Lists, makeDataset, picture, writeFile } from './make-dataset.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const LISTS: Lists = {
  train: [
    ['cat/1.png', 0, 'cat'],
    ['dog/1.png', 1, 'dog'],
    ['cat/2.png', 0, 'cat'],
    ['dog/2.png', 1, 'dog'],
    ['cat/5.png', 0, 'cat'],
  ],
  test: [
    ['dog/4.png', 1, 'dog'],
    ['cat/4.png', 0, 'cat'],
  ],
};

type Stored = { db: Database; folder: string; dataset: DatasetRow };

async function store(lists: Lists = LISTS, options = {}, prepare?: (images: string) => unknown) {
  const folder = await makeDataset(lists);
  folders.push(folder);
  await prepare?.(join(folder, 'images'));
  const db = openDatabase(':memory:');
  const { dataset } = await addDataset(db, { path: folder, name: 'pets', ...options });
  if (dataset === null) throw new Error('not stored');
  return { db, folder, dataset };
}

function useInRun({ db, dataset }: Stored): void {
  const report = { contextLength: 40 } as never;
  const row = { name: 'tiny', path: '/m', layout: 'openai', sha256: 'aa', sizeBytes: 1, report };
  const model = addModel(db, row as never);
  newRun({ db, dataset, model });
}
const kinds = ({ problems }: DatasetRow) => problems.map(({ kind }) => kind);
const paths = (db: Database, { id }: DatasetRow, split: 'train' | 'val' | 'test') =>
  listImages(db, id, split).map(({ path }) => path);

/** A picture with structure, its copy recompressed, smaller and brighter. */
async function withCopy(images: string): Promise<void> {
  const width = 64;
  const data = Buffer.alloc(width * width * 3);
  for (const at of data.keys()) {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    data[at] = 128 + 90 * Math.sin(x / 9 + y / 5) + 30 * Math.cos(y / 3 + (at % 3));
  }
  const original = sharp(data, { raw: { width, height: width, channels: 3 } });
  writeFileSync(join(images, 'cat/4.png'), await original.clone().png().toBuffer());
  const copy = original.clone().resize(50).modulate({ brightness: 1.1 }).jpeg({ quality: 60 });
  writeFileSync(join(images, 'cat/2.png'), await copy.toBuffer());
}

describe('pictures that look alike', () => {
  it('are found as a pair, and unlike ones are not', async () => {
    const { db, dataset } = await store(LISTS, {}, withCopy);
    expect(listAlikePairs(db, dataset.id)).toEqual([
      { testPath: 'cat/4.png', trainPath: 'cat/2.png', distance: expect.any(Number) },
    ]);
    expect(dataset.problems.find(({ kind }) => kind === 'look-alikes')?.message).toMatch(
      /"cat\/4.png" in test looks like "cat\/2.png" in train/,
    );
  });

  it('within one list do not matter, nor do flat pictures', async () => {
    const flat = (grey: number) =>
      sharp({ create: { width: 9, height: 9, channels: 3, background: { r: grey, g: 0, b: 0 } } });
    const { dataset } = await store(LISTS, {}, async (images) => {
      writeFileSync(join(images, 'cat/1.png'), await flat(3).png().toBuffer());
      writeFileSync(join(images, 'cat/4.png'), await flat(9).png().toBuffer());
    });
    expect(kinds(dataset)).toEqual([]);
  });

  it('are left out of train by the remedy', async () => {
    const { db, dataset } = await store(LISTS, {}, withCopy);
    const fixed = await fixDataset(db, dataset, { remedy: 'leave-out-look-alikes' });
    expect(paths(db, fixed, 'train')).toEqual(['cat/1.png', 'dog/1.png', 'dog/2.png', 'cat/5.png']);
    expect(kinds(fixed)).not.toContain('look-alikes');
    expect(listAlikePairs(db, dataset.id)).toEqual([]);
  });
});

describe('a dataset that was only listed', () => {
  const later = { read: false };

  it('opens no file, and says so', async () => {
    const { db, dataset } = await store(LISTS, later, (images) =>
      writeFile(join(images, 'cat/1.png'), 'no picture'),
    );
    expect(kinds(dataset)).toEqual(['unread']);
    expect(datasetWarnings(dataset)).toEqual([]);
    expect(countUnread(db, dataset.id)).toBe(7);
    expect(dataset).toMatchObject({ splitHashOf: 'listing', counts: { train: 5, test: 2 } });
    expect(await resolveExamples(db, dataset, 'train', ['cat/1.png'])).toHaveLength(1);
  });

  it('still tells what is missing', async () => {
    const { dataset } = await store(LISTS, later, (images) => rmSync(join(images, 'cat/2.png')));
    expect(kinds(dataset)).toEqual(['missing', 'unread']);
  });

  it('is read by the check, which finds what an import would', async () => {
    const { db, dataset } = await store(LISTS, later, async (images) => {
      writeFile(join(images, 'cat/1.png'), 'no picture');
      const same = await picture();
      writeFile(join(images, 'dog/1.png'), same);
      writeFile(join(images, 'dog/4.png'), same);
    });
    const seen: string[] = [];
    const checked = await checkDataset(db, dataset, {
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(seen.at(-1)).toBe('7/7');
    expect(kinds(checked).sort()).toEqual(['changed', 'same-bytes']);
    expect(checked.splitHash).toBe(dataset.splitHash);
    expect(listImages(db, dataset.id, 'train')[1]).toMatchObject({
      width: 8,
      sizeBytes: expect.any(Number),
    });
    await expect(resolveExamples(db, checked, 'train', ['cat/1.png'])).rejects.toThrow(
      /1 file of pets cannot be used.*--remedy leave-out-broken/,
    );
    const fixed = await fixDataset(db, checked, { remedy: 'leave-out-broken' });
    expect(fixed.counts.train).toBe(4);
    expect(kinds(fixed)).toEqual(['same-bytes']);
  });

  it('goes on where a check was stopped', async () => {
    const many: Lists = { train: [], test: [['x/0.png', 0, 'x']] };
    for (let i = 1; i <= 450; i += 1) many.train?.push([`x/${i}.png`, 0, 'x']);
    const { db, dataset } = await store(many, later);
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const checking = checkDataset(db, dataset, { signal: stop.signal, onProgress });
    await expect(checking).rejects.toThrow(/abort/i);
    const left = countUnread(db, dataset.id);
    expect(left).toBe(251);
    const totals: number[] = [];
    await checkDataset(db, dataset, { onProgress: (_, total) => totals.push(total) });
    expect([totals[0], countUnread(db, dataset.id)]).toEqual([left, 0]);
  });

  it('has one hash, read or not', async () => {
    const one = await store(LISTS, later);
    const checked = await checkDataset(one.db, one.dataset);
    const two = await store(LISTS, later);
    expect(checked.splitHash).toBe(two.dataset.splitHash);
  });
});

describe('a second look', () => {
  it('finds pictures that changed, broke or went, and that came back', async () => {
    const { db, dataset, folder } = await store();
    const images = join(folder, 'images');
    const kept = await sharp(join(images, 'cat/2.png')).toBuffer();
    renameSync(join(images, 'cat/2.png'), join(images, 'away.png'));
    writeFile(join(images, 'dog/1.png'), await picture());
    writeFile(join(images, 'dog/2.png'), 'no picture');
    const checked = await checkDataset(db, dataset, { again: true });
    expect(checked.problems.map(({ kind, file }) => [kind, file])).toEqual([
      ['changed', 'cat/2.png'],
      ['changed', 'dog/1.png'],
      ['changed', 'dog/2.png'],
    ]);
    expect(kept.length).toBeGreaterThan(0);
    renameSync(join(images, 'away.png'), join(images, 'cat/2.png'));
    const again = await checkDataset(db, checked, { again: true });
    expect(again.problems.map(({ file }) => file)).toEqual(['dog/1.png', 'dog/2.png']);
  });
});

describe('remedies', () => {
  it.each<[RemedyName, Lists, Partial<DatasetRow['counts']>, string[]]>([
    [
      'leave-train-leaks',
      {
        ...LISTS,
        test: [
          ['cat/1.png', 0, 'cat'],
          ['dog/4.png', 1, 'dog'],
        ],
      },
      { train: 4, test: 2 },
      ['cat', 'dog'],
    ],
    [
      'leave-out-repeats',
      { ...LISTS, train: [...(LISTS.train ?? []), ['cat/1.png', 0, 'cat']] },
      { train: 5 },
      ['cat', 'dog'],
    ],
    [
      'drop-untrained-classes',
      {
        ...LISTS,
        test: [
          ['owl/1.png', 2, 'owl'],
          ['ant/1.png', 3, 'ant'],
          ['cat/4.png', 0, 'cat'],
        ],
      },
      { train: 5, test: 1 },
      ['cat', 'dog'],
    ],
    [
      'merge-equal-names',
      {
        ...LISTS,
        test: [
          ['c/1.png', 2, 'Cat'],
          ['dog/4.png', 1, 'dog'],
        ],
      },
      { train: 5, test: 2 },
      ['cat', 'dog'],
    ],
  ])('%s', async (remedy, lists, counts, classes) => {
    const { db, dataset } = await store(lists);
    const offered = remediesFor(dataset).map((one) => one.remedy);
    expect(offered).toContain(remedy);
    const fixed = await fixDataset(db, dataset, { remedy });
    expect(fixed.counts).toMatchObject(counts);
    expect(fixed.classNames).toEqual(classes);
    expect(remediesFor(fixed).map((one) => one.remedy)).not.toContain(remedy);
    expect(fixed.splitHash).not.toBe(dataset.splitHash);
    const [change] = listChanges(db, dataset.id);
    expect(change).toMatchObject({
      kind: remedy,
      hashBefore: dataset.splitHash,
      hashAfter: fixed.splitHash,
    });
    // The order has no holes.
    for (const split of ['train', 'test'] as const) {
      const rows = listImages(db, fixed.id, split);
      expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index));
    }
    await expect(fixDataset(db, fixed, { remedy })).rejects.toThrow('has nothing for the remedy');
  });

  it('merging puts the labels together', async () => {
    const lists = {
      ...LISTS,
      test: [
        ['c/1.png', 2, 'Cat'],
        ['d/1.png', 3, 'owl'],
      ],
    } as Lists;
    const { db, dataset } = await store(lists);
    const fixed = await fixDataset(db, dataset, { remedy: 'merge-equal-names' });
    expect(fixed.classNames).toEqual(['cat', 'dog', 'owl']);
    expect(listImages(db, fixed.id, 'test').map(({ label }) => label)).toEqual([0, 2]);
  });

  it('the same bytes under two names leave train', async () => {
    const { db, dataset } = await store(LISTS, {}, async (images) => {
      const same = await picture();
      writeFile(join(images, 'cat/1.png'), same);
      writeFile(join(images, 'cat/4.png'), same);
    });
    expect(kinds(dataset)).toEqual(['same-bytes']);
    const fixed = await fixDataset(db, dataset, { remedy: 'leave-train-leaks' });
    expect(paths(db, fixed, 'train')).not.toContain('cat/1.png');
    expect(kinds(fixed)).toEqual([]);
    const { detail } = listChanges(db, dataset.id)[0] ?? {};
    expect(detail).toMatchObject({ removed: [{ split: 'train', path: 'cat/1.png' }] });
  });

  it('none empties the training list', async () => {
    const only = [['cat/1.png', 0, 'cat']] as Lists['train'];
    const { db, dataset } = await store({ train: only ?? [], test: only ?? [] });
    await expect(fixDataset(db, dataset, { remedy: 'leave-train-leaks' })).rejects.toThrow(
      'without any training image',
    );
    expect(getDataset(db, 'pets').counts.train).toBe(1);
  });

  it('a dataset with runs stays as it is, and a copy is changed', async () => {
    const stored = await store({ ...LISTS, test: LISTS.train ?? [] });
    useInRun(stored);
    const { db, dataset } = stored;
    const remedy = 'leave-train-leaks';
    const lists = { ...LISTS, test: [['cat/1.png', 0, 'cat']] } as Lists;
    await expect(fixDataset(db, dataset, { remedy })).rejects.toThrow(/would leave|--as NAME/);
    const other = await store(lists);
    useInRun(other);
    await expect(fixDataset(other.db, other.dataset, { remedy })).rejects.toThrow('--as NAME');
    const copy = await fixDataset(other.db, other.dataset, { remedy, as: 'pets-clean' });
    expect(copy.counts.train).toBe(4);
    expect(getDataset(other.db, 'pets')).toEqual(other.dataset);
    expect(listChanges(other.db, copy.id).map(({ kind }) => kind)).toEqual(['copy', remedy]);
    const again = fixDataset(other.db, other.dataset, { remedy, as: 'pets-clean' });
    await expect(again).rejects.toThrow('is already there');
  });
});

describe('names and template', () => {
  it('are changed and what was before is kept', async () => {
    const { db, dataset } = await store();
    const rename = new Map([['cat', 'tabby_cat']]);
    const edited = editDataset(db, dataset, { template: '{} at home.', rename });
    expect(edited).toMatchObject({ template: '{} at home.', classNames: ['tabby_cat', 'dog'] });
    expect(edited.splitHash).not.toBe(dataset.splitHash);
    expect(listChanges(db, dataset.id)).toMatchObject([
      {
        kind: 'edit',
        detail: {
          template: { before: 'a photo of a {}.', after: '{} at home.' },
          renames: [{ label: 0, before: 'cat', after: 'tabby_cat' }],
        },
      },
    ]);
  });

  it('a template alone leaves the split hash', async () => {
    const { db, dataset } = await store();
    expect(editDataset(db, dataset, { template: '{}.' }).splitHash).toBe(dataset.splitHash);
  });

  it.each(['photo', '{} and {}', ''])('the template "%s" is refused', async (template) => {
    const { db, dataset } = await store();
    expect(() => editDataset(db, dataset, { template })).toThrow('must have exactly one "{}"');
  });

  it('equal names are told, and told apart by number', async () => {
    const lists: Lists = {
      train: [
        ['a/1.png', 0, 'missile'],
        ['b/1.png', 1, 'missile'],
        ['c/1.png', 2, 'tank'],
      ],
    };
    const { db, dataset } = await store(lists);
    expect(dataset.classNames).toHaveLength(3);
    expect(dataset.problems[0]?.message).toMatch(
      /classes 0 and 1 .* the second is never predicted/,
    );
    const rename = (from: string, to: string) =>
      editDataset(db, dataset, { rename: new Map([[from, to]]) });
    expect(() => rename('missile', 'rocket')).toThrow('by its number (#0, #1)');
    expect(() => rename('tanks', 'x')).toThrow('no class named "tanks"');
    expect(() => rename('tank', ' ')).toThrow('is empty');
    expect(() => rename('tank', 'tank')).toThrow('has these names');
    const edited = rename('#1', 'projectile');
    expect(edited.classNames).toEqual(['missile', 'projectile', 'tank']);
    expect(kinds(edited)).toEqual([]);
  });

  it('of a dataset with runs are those of a copy', async () => {
    const stored = await store();
    useInRun(stored);
    const { db, dataset } = stored;
    expect(() => editDataset(db, dataset, { template: '{}.' })).toThrow('--as NAME');
    const copy = editDataset(db, dataset, { template: '{}.', as: 'other' });
    expect([copy.name, copy.template, getDataset(db, 'pets').template]).toEqual([
      'other',
      '{}.',
      'a photo of a {}.',
    ]);
    expect(paths(db, copy, 'train')).toEqual(paths(db, dataset, 'train'));
  });
});

describe('a move', () => {
  it('keeps the sample; until it is told, the missing files are named', async () => {
    const { db, dataset, folder } = await store();
    const before = fewShot(db, dataset, 2, 1).images;
    const moved = `${folder}-moved`;
    folders.push(moved);
    renameSync(folder, moved);
    await expect(resolveExamples(db, dataset, 'train', before)).rejects.toThrow(
      /4 files of pets missing, first: .*fapt dataset locate pets FOLDER/,
    );
    const located = await locateDataset(db, dataset, join(moved, 'images'));
    expect(located).toMatchObject({
      imageRoot: join(moved, 'images'),
      splitHash: dataset.splitHash,
    });
    expect(fewShot(db, located, 2, 1).images).toEqual(before);
    expect(await resolveExamples(db, located, 'train', before)).toHaveLength(4);
    expect(listChanges(db, dataset.id).map(({ kind }) => kind)).toEqual(['locate']);
  });

  it('finds renamed pictures by their content', async () => {
    const { db, dataset, folder } = await store();
    const images = join(folder, 'images');
    writeFile(join(images, 'new/place.txt'), 'x');
    renameSync(join(images, 'cat/1.png'), join(images, 'new/kitten.png'));
    const located = await locateDataset(db, dataset, images);
    const [example] = await resolveExamples(db, located, 'train', ['cat/1.png']);
    expect(example).toMatchObject({ id: 'cat/1.png', path: join(images, 'new/kitten.png') });
    const checked = await checkDataset(db, located, { again: true });
    expect(kinds(checked)).toEqual([]);
    renameSync(join(images, 'new/kitten.png'), join(images, 'cat/1.png'));
    const back = await locateDataset(db, checked, images);
    const [again] = await resolveExamples(db, back, 'train', ['cat/1.png']);
    expect(again?.path).toBe(join(images, 'cat/1.png'));
  });

  it('to a folder without all of them changes nothing', async () => {
    const { db, dataset, folder } = await store();
    rmSync(join(folder, 'images/cat/1.png'));
    writeFile(join(folder, 'images/cat/2.png'), await picture());
    await expect(locateDataset(db, dataset, join(folder, 'images'))).rejects.toThrow(
      /2 pictures of dataset "pets" are not in .*, first: cat\/1.png/,
    );
    expect(getDataset(db, 'pets')).toEqual(dataset);
    await expect(locateDataset(db, dataset, join(folder, 'none'))).rejects.toThrow('no folder');
  });
});
