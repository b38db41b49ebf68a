import { rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { resolveExamples } from '../../../src/main/datasets/examples.ts';
import { exportSplit } from '../../../src/main/datasets/export-split.ts';
import { DecodeApart } from '../../../src/main/pictures/decode-apart.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { listDatasets } from '../../../src/main/store/datasets.ts';
import { clustersOf, listImages } from '../../../src/main/store/images.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import {
  type Entry,
  emptyPng,
  LISTS,
  type Lists,
  makeDataset,
  picture,
  temporaryFolder,
  writeFile,
} from './make-dataset.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
async function dataset(lists?: Lists): Promise<string> {
  const folder = await makeDataset(lists);
  folders.push(folder);
  return folder;
}
const dry = (path: string, more = {}) => addDataset(null, { path, dryRun: true, ...more });
const kinds = (problems: { kind: string }[]): string[] => problems.map(({ kind }) => kind);

describe('addDataset', () => {
  it('stores a split with its order, labels and what the pictures are', async () => {
    const folder = await dataset();
    const db = openDatabase(':memory:');
    const seen: string[] = [];
    const { dataset: stored, ...report } = await addDataset(db, {
      path: join(folder, 'split.json'),
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(report).toEqual({
      format: 'coop',
      classes: ['house_cat', 'dog'],
      counts: { train: 4, val: 1, test: 2 },
      problems: [],
      skipped: [],
    });
    expect(seen.at(-1)).toBe('7/7');
    expect(stored).toMatchObject({
      name: 'split',
      imageRoot: join(folder, 'images'),
      template: 'a photo of a {}.',
      clustered: false,
      demo: false,
      counts: { train: 4, val: 1, test: 2 },
    });
    const train = listImages(db, stored?.id ?? '', 'train');
    expect(train.map(({ path, label }) => [path, label])).toEqual(
      LISTS.train.map(([path, label]) => [path, label]),
    );
    expect(train[0]).toMatchObject({ contentType: 'image/png', width: 8, height: 8, position: 0 });
    expect(train[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes a folder, and is named after it', async () => {
    const folder = await dataset();
    const db = openDatabase(':memory:');
    expect((await addDataset(db, { path: folder })).dataset?.name).toBe(basename(folder));
    expect((await addDataset(db, { path: folder, name: 'mine' })).dataset?.name).toBe('mine');
    await expect(addDataset(db, { path: folder, name: 'mine' })).rejects.toThrow(
      'A dataset named "mine" is already there',
    );
  });

  it('a dry run stores nothing', async () => {
    const db = openDatabase(':memory:');
    const { dataset: stored } = await addDataset(db, { path: await dataset(), dryRun: true });
    expect(stored).toBeNull();
    expect(listDatasets(db)).toEqual([]);
  });

  it('what fails half way leaves nothing behind', async () => {
    const db = openDatabase(':memory:');
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON images WHEN new.position = 2
      BEGIN SELECT RAISE (ABORT, 'disk full'); END`);
    await expect(addDataset(db, { path: await dataset() })).rejects.toThrow('disk full');
    expect(listDatasets(db)).toEqual([]);
    expect(db.prepare('SELECT count(*) FROM images').pluck().get()).toBe(0);
  });

  it('reads what stands beside the split', async () => {
    const folder = await dataset();
    const card = {
      name: 'zoo',
      template: '{} in a zoo.',
      licence: 'CC0-1.0',
      demo: true,
      other: 1,
    };
    writeFile(join(folder, 'dataset.json'), JSON.stringify(card));
    const clusters = { 'cat/4.png': 'tabby', './dog\\4.png': 7 };
    writeFile(join(folder, 'clusters.json'), JSON.stringify(clusters));
    const db = openDatabase(':memory:');
    const { dataset: stored } = await addDataset(db, { path: folder });
    expect(stored).toMatchObject({
      name: 'zoo',
      template: '{} in a zoo.',
      licence: 'CC0-1.0',
      description: null,
      demo: true,
      clustered: true,
    });
    expect(clustersOf(db, stored?.id ?? '', 'test', ['cat/4.png', 'dog/4.png'])).toEqual(
      new Map([
        ['cat/4.png', 'tabby'],
        ['dog/4.png', '7'],
      ]),
    );
  });

  it('refuses a card with a wrong value or a template without its place', async () => {
    const folder = await dataset();
    writeFile(join(folder, 'dataset.json'), '{"template": 5}');
    await expect(dry(folder)).rejects.toThrow(/dataset\.json has a wrong value at "template"/);
    writeFile(join(folder, 'dataset.json'), '{"template": "a photo"}');
    await expect(dry(folder)).rejects.toThrow('must have exactly one "{}"');
  });

  it('knows the templates of the published splits', async () => {
    const folder = await dataset();
    const published = join(folder, 'split_zhou_OxfordPets.json');
    writeFile(published, JSON.stringify(LISTS));
    const db = openDatabase(':memory:');
    const { dataset: stored } = await addDataset(db, { path: published });
    expect(stored?.template).toBe('a photo of a {}, a type of pet.');
    await expect(dry(folder)).rejects.toThrow('has several split files');
  });

  it('finds pictures beside the split where images/ does not hold them', async () => {
    const folder = temporaryFolder();
    folders.push(folder);
    writeFile(join(folder, 'split.json'), JSON.stringify({ train: [['a/1.png', 0, 'a']] }));
    writeFile(join(folder, 'a', '1.png'), await picture());
    writeFile(join(folder, 'images', 'other.png'), await picture());
    expect((await dry(folder)).counts.train).toBe(1);
    await expect(dry(folder, { images: join(folder, 'none') })).rejects.toThrow(
      'check the image folder',
    );
    await expect(dry(folder, { images: join(folder, 'images') })).rejects.toThrow(
      'None of the pictures',
    );
  });

  it('can be broken off', async () => {
    const folder = await dataset();
    await expect(dry(folder, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe('paths', () => {
  it('are the same however they are written', async () => {
    const folder = await dataset();
    const lists = structuredClone(LISTS) as Required<Lists>;
    lists.train[0] = ['.\\cat\\1.png', 0, 'house_cat'];
    lists.train[1] = ['/dog//./1.png', 1, 'dog'];
    lists.train[2] = ['dog/../cat/2.png', 0, 'house_cat'];
    writeFile(join(folder, 'split.json'), JSON.stringify(lists));
    const db = openDatabase(':memory:');
    const { dataset: stored, problems } = await addDataset(db, { path: folder });
    expect(problems).toEqual([]);
    expect(listImages(db, stored?.id ?? '', 'train').map(({ path }) => path)).toEqual(
      LISTS.train.map(([path]) => path),
    );
  });

  it('none leads outside, by .. or by a link', async () => {
    const folder = await dataset({ ...LISTS, val: [] });
    writeFile(join(folder, 'secret.png'), await picture());
    symlinkSync(join(folder, 'secret.png'), join(folder, 'images', 'link.png'));
    const val = [
      ['../secret.png', 0, 'house_cat'],
      ['link.png', 0, 'house_cat'],
    ] as Lists['val'];
    writeFile(join(folder, 'split.json'), JSON.stringify({ ...LISTS, val }));
    const { problems } = await dry(folder);
    expect(problems.map(({ file, kind }) => [file, kind])).toEqual([
      ['../secret.png', 'outside-root'],
      ['link.png', 'outside-root'],
    ]);
    const db = openDatabase(':memory:');
    await expect(addDataset(db, { path: folder })).rejects.toThrow(
      '"../secret.png" leads outside the image folder, and 1 more problem;',
    );
    expect(listDatasets(db)).toEqual([]);
  });

  it('in one list: those written on Windows, from here, from the top, in another case, and out', async () => {
    const folder = await dataset({
      train: [1, 2, 3, 4].map((i) => [`cat/${i}.jpg`, 0, 'cat']),
    });
    writeFile(join(folder, 'secret.jpg'), await picture('jpeg'));
    const train = [
      'cat\\1.jpg',
      './cat/2.jpg',
      '/cat/3.jpg',
      'cat/4.JPG',
      '../secret.jpg',
      '..\\secret.jpg',
      'cat/../../secret.jpg',
      'C:\\..\\secret.jpg',
      '../../etc/x',
    ].map((path) => [path, 0, 'cat']);
    writeFile(join(folder, 'split.json'), JSON.stringify({ train }));
    const { problems, counts, skipped } = await dry(folder);
    expect(counts.train).toBe(3);
    expect(problems.slice(0, skipped.length).map(({ file, kind }) => [file, kind])).toEqual([
      ['cat/4.JPG', 'case-mismatch'],
      ['../secret.jpg', 'outside-root'],
      ['../../etc/x', 'outside-root'],
    ]);
    const db = openDatabase(':memory:');
    await expect(addDataset(db, { path: folder })).rejects.toThrow('outside the image folder');
  });

  it('of 250 letters, with spaces and other scripts, are stored and found again', async () => {
    const names = [`${'n'.repeat(246)}.png`, 'ein Hund 1.png', '图片 ü 1.png'];
    const folder = await dataset({
      train: names.map((name, label) => [`${'f'.repeat(250)}/${name}`, label, `c${label}x`]),
    });
    const db = openDatabase(':memory:');
    const { dataset: stored, problems } = await addDataset(db, { path: folder });
    expect(problems).toEqual([]);
    if (!stored) throw new Error('not stored');
    const ids = listImages(db, stored.id, 'train').map(({ path }) => path);
    expect(ids.map((path) => basename(path))).toEqual(names);
    expect(await resolveExamples(db, stored, 'train', ids)).toHaveLength(3);
  });

  it('another Unicode form of the same letters is the same path', async () => {
    const folder = await dataset({ train: [['Bär/ä.png', 0, 'bear']] });
    const lists = { train: [['Bär/ä.png'.normalize('NFD'), 0, 'bear']] };
    writeFile(join(folder, 'split.json'), JSON.stringify(lists));
    const db = openDatabase(':memory:');
    const { dataset: stored, problems } = await addDataset(db, { path: folder });
    expect(problems.map(({ kind }) => kind)).toEqual(['one-class']);
    if (!stored) throw new Error('not stored');
    const id = 'Bär/ä.png'.normalize('NFD');
    const [example] = await resolveExamples(db, stored, 'train', [id]);
    expect(example).toMatchObject({ id, path: join(folder, 'images', 'Bär/ä.png') });
  });

  it('another case is named, not taken', async () => {
    const folder = await dataset();
    const lists = structuredClone(LISTS) as Required<Lists>;
    lists.test[1] = ['Cat/4.PNG', 0, 'house_cat'];
    writeFile(join(folder, 'split.json'), JSON.stringify(lists));
    const report = await dry(folder);
    expect(report.problems).toEqual([
      {
        file: 'Cat/4.PNG',
        kind: 'case-mismatch',
        message: '"Cat/4.PNG" is spelled "cat/4.png" on disk',
      },
    ]);
    expect(report.skipped).toEqual(['Cat/4.PNG']);
  });
});

describe('pictures', () => {
  it('those that cannot be read are counted, told and left out', async () => {
    const folder = await dataset();
    const whole = await picture('jpeg', 400);
    writeFile(join(folder, 'images/cat/1.png'), 'no picture');
    writeFile(join(folder, 'images/dog/1.png'), '');
    writeFile(join(folder, 'images/cat/2.png'), whole.subarray(0, whole.length / 2));
    writeFile(join(folder, 'images/cat/3.png'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    rmSync(join(folder, 'images/dog/4.png'));
    const db = openDatabase(':memory:');
    const { dataset: stored, ...report } = await addDataset(db, { path: folder });
    expect(report.counts).toEqual({ train: 1, val: 0, test: 1 });
    expect(report.skipped).toEqual([
      'cat/1.png',
      'dog/1.png',
      'cat/2.png',
      'cat/3.png',
      'dog/4.png',
    ]);
    expect(kinds(report.problems)).toEqual([
      ...Array(4).fill('unreadable'),
      'missing',
      'no-training-images',
    ]);
    expect(stored?.skipped).toEqual(report.skipped);
    // What is left has no holes in its order.
    expect(listImages(db, stored?.id ?? '', 'train')).toMatchObject([
      { path: 'dog/2.png', position: 0 },
    ]);
  });

  it('of every kind of fault are told one by one, and the rest of the import goes on', async () => {
    const names = ['cut.jpg', 'empty.jpg', 'random.png', 'junk.jpg', 'phone.jpg', 'text.png'];
    const more = ['png.jpg', 'GOOD.JPG', 'old.bmp', 'huge.png', 'dot.png', 'long.png', 'clip.gif'];
    const folder = await dataset({
      train: [...names, ...more].map((name, at) => [`a/${name}`, at % 2, `class ${at % 2}`]),
    });
    const put = (name: string, bytes: string | Uint8Array) =>
      writeFile(join(folder, 'images/a', name), bytes);
    const jpeg = await picture('jpeg', 300);
    put('cut.jpg', jpeg.subarray(0, Math.floor(jpeg.length * 0.6)));
    put('empty.jpg', '');
    put('random.png', Buffer.from(Array.from({ length: 1024 }, (_, i) => (i * i * 31 + 17) % 251)));
    put('junk.jpg', Buffer.concat([jpeg, Buffer.alloc(20, 7)]));
    put('phone.jpg', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    put('text.png', 'a cat');
    put('png.jpg', await picture('png'));
    put('GOOD.JPG', await picture('jpeg'));
    put('old.bmp', Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0', 'latin1'));
    const flat = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: 'teal' } });
    put('huge.png', emptyPng(20_000, 20_000));
    put('dot.png', await flat(1, 1).png().toBuffer());
    put('long.png', await flat(3000, 10).png().toBuffer());
    const frames = Buffer.alloc(900).fill(200, 300).fill(90, 600);
    const raw = { width: 10, height: 30, channels: 3 as const, pageHeight: 10 };
    put('clip.gif', await sharp(frames, { raw }).gif().toBuffer());
    const db = openDatabase(':memory:');
    const { dataset: stored, ...report } = await addDataset(db, { path: folder });
    const told = Object.fromEntries(
      // Later frames of a GIF hold what changed, and are see-through elsewhere.
      report.problems
        .filter(({ kind }) => kind !== 'transparent')
        .map(({ file, kind }) => [basename(file), kind]),
    );
    expect(told).toEqual({
      'cut.jpg': 'unreadable',
      'empty.jpg': 'unreadable',
      'random.png': 'unreadable',
      'phone.jpg': 'unreadable',
      'text.png': 'unreadable',
      'old.bmp': 'unreadable',
      'huge.png': 'enormous',
      'png.jpg': 'misnamed',
      'clip.gif': 'animated',
    });
    const reasons = report.problems.map(({ message }) => message).join('\n');
    expect(reasons).toMatch(/phone\.jpg.* it is HEIC.* convert it to JPEG/);
    expect(listImages(db, stored?.id ?? '', 'train').map(({ path }) => basename(path))).toEqual([
      'junk.jpg',
      'png.jpg',
      'GOOD.JPG',
      'dot.png',
      'long.png',
      'clip.gif',
    ]);
    expect(listImages(db, stored?.id ?? '', 'train').at(-1)).toMatchObject({
      width: 10,
      height: 10,
    });
  });

  it('are imported all the same where the process that decodes them is killed on the way', async () => {
    const names = Array.from(
      { length: 60 },
      (_, i): Entry => [`${i % 2}/${i}.png`, i % 2, `c ${i % 2}`],
    );
    const folder = await dataset({ train: names });
    const { run } = DecodeApart.prototype;
    let asked = 0;
    let killed = 0;
    const spy = vi.spyOn(DecodeApart.prototype, 'run').mockImplementation(function (
      this: DecodeApart,
      ...task
    ) {
      asked += 1;
      if (asked >= 30 && killed === 0 && this.pid !== null) {
        killed = Number(process.kill(this.pid, 'SIGKILL'));
      }
      return run.apply(this, task);
    });
    const db = openDatabase(':memory:');
    const { dataset: stored, problems } = await addDataset(db, { path: folder });
    spy.mockRestore();
    expect(killed).toBe(1);
    expect(problems).toEqual([]);
    expect(stored?.counts.train).toBe(60);
  });

  it('one that the decoder dies of is left out, by its name', async () => {
    const folder = await dataset();
    const { run } = DecodeApart.prototype;
    const spy = vi.spyOn(DecodeApart.prototype, 'run').mockImplementation(function (
      this: DecodeApart,
      ...task
    ) {
      if (String(task[1]).endsWith('dog/2.png')) throw new FaptError('decoder-died', 'It died.');
      return run.apply(this, task);
    });
    const report = await dry(folder);
    spy.mockRestore();
    expect(report.counts).toEqual({ train: 3, val: 1, test: 2 });
    expect(report.problems).toEqual([
      {
        file: 'dog/2.png',
        kind: 'unreadable',
        message: '"dog/2.png" cannot be read as a picture: the decoder dies of it',
      },
    ]);
  });

  it('a large picture that was cut off is found', async () => {
    const folder = await dataset();
    for (const [path, format] of [
      ['cat/1.png', 'jpeg'],
      ['dog/1.png', 'png'],
    ] as const) {
      const whole = await picture(format, 700);
      writeFile(join(folder, 'images', path), whole.subarray(0, whole.length - 4000));
    }
    expect((await dry(folder)).skipped).toEqual(['cat/1.png', 'dog/1.png']);
  });

  it('strict makes every problem an error, and stores nothing', async () => {
    const folder = await dataset();
    writeFile(join(folder, 'images/cat/1.png'), 'no picture');
    const db = openDatabase(':memory:');
    await expect(addDataset(db, { path: folder, strict: true })).rejects.toThrow(
      /"cat\/1.png" cannot be read as a picture: .*\(an error in a strict import\)/,
    );
    expect(listDatasets(db)).toEqual([]);
  });

  it('their type is told by the content', async () => {
    const folder = await dataset();
    writeFile(join(folder, 'images/cat/1.png'), await picture('webp'));
    const db = openDatabase(':memory:');
    const { dataset: stored } = await addDataset(db, { path: folder });
    expect(listImages(db, stored?.id ?? '', 'train')[0]?.contentType).toBe('image/webp');
  });
});

describe('classes and leaks', () => {
  it('are told', async () => {
    const folder = await dataset({
      train: [
        ['a/1.png', 0, 'Red_Fox'],
        ['a/2.png', 2, 'red fox'],
        ['a/2.png', 2, 'red fox'],
        ['a/4.png', 4, 'gone'],
      ],
      test: [
        ['a/1.png', 0, 'Red_Fox'],
        ['b/1.png', 2, 'red fox'],
        ['b/2.png', 3, 'owl'],
      ],
    });
    const same = await picture();
    writeFile(join(folder, 'images/a/2.png'), same);
    writeFile(join(folder, 'images/b/1.png'), same);
    rmSync(join(folder, 'images/a/4.png'));
    writeFile(join(folder, 'clusters.json'), '{"a/1.png": 1, "b/2.png": 1, "a/2.png": 2}');
    const { problems, classes } = await dry(folder);
    expect(classes).toEqual(['Red_Fox', 'red fox', 'owl', 'gone']);
    expect(problems.map(({ file, kind }) => [file, kind])).toEqual([
      ['split.json', 'label-gap'],
      ['a/4.png', 'missing'],
      ['split.json', 'equal-class-names'],
      ['split.json', 'no-training-images'],
      ['split.json', 'empty-class'],
      ['a/2.png', 'duplicate-entry'],
      ['a/1.png', 'same-path'],
      ['b/1.png', 'same-bytes'],
      ['a/1.png', 'same-cluster'],
    ]);
  });

  it('a class with test images alone stays a class, and is told by its name', async () => {
    const folder = await dataset({
      train: [0, 1].flatMap((label) =>
        [1, 2].map((i): Entry => [`${label}/${i}.png`, label, `c ${label}`]),
      ),
      test: [0, 1, 2, 2, 2, 2, 2].map((label, i): Entry => [`t/${i}.png`, label, `c ${label}`]),
    });
    const report = await dry(folder);
    expect(report.classes).toEqual(['c 0', 'c 1', 'c 2']);
    expect(report.counts).toEqual({ train: 4, val: 0, test: 7 });
    expect(report.problems).toEqual([
      {
        file: 'split.json',
        kind: 'no-training-images',
        message: 'class "c 2" has no training images',
      },
    ]);
  });

  it('the same path and the same bytes in train and test are both told, once each', async () => {
    const folder = await dataset({
      train: [
        ['a/1.png', 0, 'ant'],
        ['b/1.png', 1, 'bee'],
        ['a/2.png', 0, 'ant'],
      ],
      test: [
        ['a/1.png', 0, 'ant'],
        ['b/2.png', 1, 'bee'],
      ],
    });
    const same = await picture();
    writeFile(join(folder, 'images/b/1.png'), same);
    writeFile(join(folder, 'images/b/2.png'), same);
    const { problems } = await dry(folder);
    expect(problems.map(({ kind, message }) => [kind, message])).toEqual([
      ['same-path', '"a/1.png" is in train and in test'],
      ['same-bytes', '"b/2.png" in test has the same bytes as "b/1.png" in train'],
    ]);
  });

  it('a picture in one list under two classes is told', async () => {
    const folder = await dataset({
      train: [
        ['a/1.png', 0, 'ant'],
        ['a/1.png', 1, 'bee'],
        ['b/1.png', 1, 'bee'],
      ],
    });
    expect((await dry(folder)).problems).toMatchObject([
      { kind: 'duplicate-entry', message: expect.stringContaining('in two classes') },
    ]);
  });

  it('names for machines are told, words are not', async () => {
    const names = ['n02123045', 'tabby_cat', '7', 'No. 7', '1.0'];
    const folder = await dataset({ train: names.map((name, i) => [`${i}.png`, i, name]) });
    expect((await dry(folder)).problems).toMatchObject([
      {
        kind: 'number-names',
        message: expect.stringMatching(/^3 class names.*"n02123045", "7", "1.0"/),
      },
    ]);
  });

  it('names of marks are names, an empty one is none', async () => {
    const folder = await dataset({
      train: ['!', 'a!', '', 'cat'].map((name, i) => [`${i}.png`, i, name]),
    });
    expect((await dry(folder)).problems).toMatchObject([
      { kind: 'class-name-empty', message: 'class 2 has an empty name, ""' },
    ]);
    const db = openDatabase(':memory:');
    await expect(addDataset(db, { path: folder })).rejects.toThrow('class 2 has an empty name');
    expect(listDatasets(db)).toEqual([]);
  });

  it('two names for one label, or none, are refused', async () => {
    const folder = await dataset({
      train: [
        ['a/1.png', 0, 'cat'],
        ['a/2.png', 0, 'tiger'],
        ['a/3.png', 1, ' _ '],
      ],
    });
    expect(kinds((await dry(folder)).problems)).toEqual(['label-names', 'class-name-empty']);
    await expect(addDataset(openDatabase(':memory:'), { path: folder })).rejects.toThrow(
      'label 0 is called both "cat" and "tiger"',
    );
  });
});

describe('what is no split', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['broken JSON', '{"train": [\n  ["a", 0, "b"],\n]}', 'in line 3, column 1'],
    ['cut JSON', '{"train": [\n ["a", 0', 'in line 2, column 9, where the file ends too early'],
    ['a list', '[]', 'not an object with the lists "train", "val" and "test"'],
    ['other keys', '{"images": []}', 'not an object with the lists'],
    ['no list', '{"train": {}}', '"train" is not a list'],
    [
      'short entries',
      '{"train": [["a", 0]]}',
      'entry 1 of "train" is not [path, label, class name]',
    ],
    ['a text label', '{"test": [["a", "0", "b"]]}', 'entry 1 of "test"'],
    ['a label below 0', '{"test": [["a", -1, "b"]]}', 'but ["a",-1,"b"]'],
    ['no path', '{"test": [["./", 1, "b"]]}', 'entry 1 of "test"'],
    ['empty lists', '{"train": [], "test": []}', 'all its lists are empty'],
    ['other bytes', Uint8Array.of(0x7b, 0xff, 0x80, 0x7d), 'is not UTF-8 text'],
  ])('%s', async (_, content, sentence) => {
    const folder = temporaryFolder();
    folders.push(folder);
    writeFile(join(folder, 'split.json'), content);
    await expect(dry(folder)).rejects.toThrow(sentence);
    const db = openDatabase(':memory:');
    await expect(addDataset(db, { path: folder })).rejects.toThrow(sentence);
    expect(listDatasets(db)).toEqual([]);
  });

  it('missing files and what is no dataset are named', async () => {
    const folder = await dataset();
    await expect(dry(join(folder, 'none.json'))).rejects.toThrow('There is no file or folder');
    writeFile(join(folder, 'notes.doc'), 'a,b');
    await expect(dry(join(folder, 'notes.doc'))).rejects.toThrow('is no dataset that this program');
    writeFile(join(folder, 'empty', 'notes.doc'), 'a,b');
    await expect(dry(join(folder, 'empty'))).rejects.toThrow('holds no folders, so no classes');
    await expect(dry(join(folder, 'split.json'), { format: 'folders' })).rejects.toThrow(
      'is a file',
    );
    await expect(dry(join(folder, 'split.json'), { format: 'zip' })).rejects.toThrow('end in .zip');
  });

  it.each<[string, (text: string) => Uint8Array]>([
    ['UTF-8 with a mark', (text) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', (text) => Buffer.from(text, 'utf16le')],
    ['UTF-16, big end first', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ])('%s is read', async (_, encode) => {
    const folder = await dataset();
    writeFile(join(folder, 'split.json'), encode(JSON.stringify(LISTS)));
    expect((await dry(folder)).counts).toEqual({ train: 4, val: 1, test: 2 });
  });
});

describe('exportSplit', () => {
  it('imported again gives the same three lists', async () => {
    const folder = await dataset();
    const db = openDatabase(':memory:');
    const { dataset: first } = await addDataset(db, { path: folder, name: 'first' });
    if (first === null) throw new Error('nothing stored');
    const text = exportSplit(db, first);
    expect(JSON.parse(text)).toEqual(LISTS);
    writeFile(join(folder, 'again', 'split.json'), text);
    const { dataset: second } = await addDataset(db, {
      path: join(folder, 'again', 'split.json'),
      images: join(folder, 'images'),
      name: 'second',
    });
    expect(second?.splitHash).toBe(first.splitHash);
  });

  it('one changed picture is another split', async () => {
    const folder = await dataset();
    const db = openDatabase(':memory:');
    const { dataset: first } = await addDataset(db, { path: folder, name: 'first' });
    writeFile(join(folder, 'images/cat/1.png'), await picture());
    const { dataset: second } = await addDataset(db, { path: folder, name: 'second' });
    expect(second?.splitHash).not.toBe(first?.splitHash);
  });
});
