import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { listDatasets } from '../../../src/main/store/datasets.ts';
import { listImages } from '../../../src/main/store/images.ts';
import { LISTS, picture, temporaryFolder, writeFile } from './make-dataset.ts';
import { makeZip, type ZipEntry } from './make-zip.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function zip(entries: ZipEntry[], name = 'my pets.zip'): string {
  const file = join(folder, name);
  writeFile(file, makeZip(entries));
  return file;
}
const workspace = () => openDatabase(join(folder, 'fapt.sqlite'));
const unpacked = () =>
  existsSync(join(folder, 'datasets')) ? readdirSync(join(folder, 'datasets')) : [];
const classes = async (prefix = ''): Promise<ZipEntry[]> => [
  { name: `${prefix}cat/`, content: '' },
  { name: `${prefix}cat/1.png`, content: await picture() },
  { name: `${prefix}cat/2.png`, content: await picture() },
  { name: `${prefix}dog/1.png`, content: await picture() },
  { name: `${prefix}dog/2.png`, content: await picture() },
];

describe('a zip', () => {
  it('of class folders is unpacked into the workspace, under its hash', async () => {
    const db = workspace();
    const file = zip([
      ...(await classes('pets/')),
      { name: '__MACOSX/cat/._1.png', content: 'x' },
      { name: 'pets/.DS_Store', content: 'x' },
    ]);
    const { dataset, format, skipped } = await addDataset(db, { path: file });
    expect(dataset).toMatchObject({ name: 'my pets', source: file, classNames: ['cat', 'dog'] });
    expect([format, skipped]).toEqual(['folders', []]);
    expect(unpacked()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(dataset?.imageRoot).toBe(join(folder, 'datasets', unpacked()[0] ?? '', 'pets'));
    const [first] = listImages(db, dataset?.id ?? '', 'train');
    expect(existsSync(join(dataset?.imageRoot ?? '', first?.path ?? ''))).toBe(true);
  });

  it('of a CoOp split, and of a table', async () => {
    const db = workspace();
    const images = await Promise.all(
      Object.values(LISTS)
        .flat()
        .map(async ([path]) => ({ name: `images/${path}`, content: await picture() })),
    );
    const split = { name: 'split.json', content: JSON.stringify(LISTS) };
    const one = await addDataset(db, { path: zip([split, ...images], 'coop.zip') });
    expect([one.format, one.counts]).toEqual(['coop', { train: 4, val: 1, test: 2 }]);
    const table = { name: 'data\\list.csv', content: 'path,label\ncat\\1.png,cat\ndog/1.png,dog' };
    const moved = images.map(({ name, content }) => ({ name: `data\\${name}`, content }));
    const two = await addDataset(db, { path: zip([table, ...moved], 'csv.zip') });
    expect([two.format, two.classes]).toEqual(['csv', ['cat', 'dog']]);
  });

  it('with names of spaces, other scripts and 250 letters, called so itself', async () => {
    const names = [
      'ein Hund/Ü b 1.png',
      '狗/图片 1.png',
      `${'k'.repeat(250)}/${'n'.repeat(246)}.png`,
    ];
    const entries = await Promise.all(
      names.map(async (name) => ({ name, content: await picture() })),
    );
    const file = join(folder, `${'狗 z'.repeat(40)}.zip`);
    writeFile(file, makeZip(entries));
    const db = workspace();
    const { dataset, classes } = await addDataset(db, { path: file });
    expect(classes).toEqual(['ein Hund', 'k'.repeat(250), '狗']);
    const train = listImages(db, dataset?.id ?? '', 'train').map(({ path }) => path);
    expect(train.sort()).toEqual([...names].sort());
    expect(dataset?.name).toBe('狗 z'.repeat(40));
  });

  it('of UTF-8 names that are not marked so, as the Finder writes them', async () => {
    const named = await Promise.all(
      ['猫', 'Köter'].map(async (name) => ({
        name: Buffer.from(`${name}/1.png`),
        content: await picture(),
      })),
    );
    const found = await addDataset(null, { path: zip(named), dryRun: true });
    expect(found.classes).toEqual(['Köter', '猫']);
    expect(found.problems.map(({ kind }) => kind)).not.toContain('text-encoding');
  });

  it('of names in another encoding says which it took', async () => {
    // "Käse" in code page 437, and a cat in GBK, which means box drawing characters there.
    const names = [Buffer.from('K\x84se/1.png', 'latin1'), Buffer.from('\xc3\xa8/1.png', 'latin1')];
    const gbk = Buffer.from('\xb9\xb7/1.png', 'latin1');
    const named = await Promise.all(
      [...names, gbk].map(async (name) => ({ name, content: await picture() })),
    );
    const found = await addDataset(null, { path: zip(named), dryRun: true });
    expect(found.classes).toEqual(['Käse', 'è', '╣╖']);
    expect(found.problems[0]).toMatchObject({ kind: 'text-encoding', file: 'my pets.zip' });
    expect(found.problems[0]?.message).toContain('names such as "Käse/1.png" are not UTF-8');
  });

  it('that holds no dataset is named itself, and not the folder it was looked at in', async () => {
    const content = makeZip(await classes());
    for (const dryRun of [true, false]) {
      const file = zip([{ name: 'inner.zip', content }], 'outer.zip');
      await expect(addDataset(workspace(), { path: file, dryRun })).rejects.toThrow(
        `${file} holds no folders`,
      );
    }
    const split = zip([{ name: 'split.json', content: '{"train": [' }], 'split.zip');
    await expect(addDataset(null, { path: split, dryRun: true })).rejects.toThrow(
      `${join(split, 'split.json')} is not valid JSON`,
    );
  });

  it('is unpacked once, however often it is added', async () => {
    const db = workspace();
    const file = zip(await classes());
    await addDataset(db, { path: file, name: 'one' });
    await addDataset(db, { path: file, name: 'two' });
    expect(unpacked()).toHaveLength(1);
  });

  it('leaves nothing behind after a dry run or a refusal', async () => {
    const db = workspace();
    const file = zip(await classes());
    const { counts } = await addDataset(null, { path: file, dryRun: true });
    expect(counts).toEqual({ train: 2, val: 0, test: 2 });
    writeFile(join(folder, 'bad.zip'), makeZip([{ name: 'cat/1.png', content: 'no picture' }]));
    await expect(addDataset(db, { path: join(folder, 'bad.zip') })).rejects.toThrow('None of the');
    const stop = { path: file, signal: AbortSignal.abort() };
    await expect(addDataset(db, stop)).rejects.toThrow(/abort/i);
    expect([unpacked(), listDatasets(db)]).toEqual([[], []]);
  });

  it('leaves nothing among the temporary files, whole or broken', async () => {
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    vi.stubEnv('TMPDIR', scratch);
    try {
      await addDataset(null, { path: zip(await classes()), dryRun: true });
      const evil = zip([{ name: '../evil.png', content: 'x' }], 'evil.zip');
      await expect(addDataset(null, { path: evil, dryRun: true })).rejects.toThrow('leads out');
      const broken = join(folder, 'broken.zip');
      writeFile(broken, 'no archive');
      await expect(addDataset(null, { path: broken, dryRun: true })).rejects.toThrow('unpacked');
      expect(readdirSync(scratch)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each<[string, ZipEntry, RegExp]>([
    ['a path upwards', { name: 'a/../../evil.png', content: 'x' }, /leads out of its folder/],
    ['a path upwards, of Windows', { name: '..\\evil.png', content: 'x' }, /leads out of/],
    ['an absolute path', { name: '/tmp/evil.png', content: 'x' }, /is an absolute path/],
    ['a drive letter', { name: 'C:\\evil.png', content: 'x' }, /is an absolute path/],
    ['a drive letter alone', { name: 'C:evil.png', content: 'x' }, /is an absolute path/],
    ['a link', { name: 'cat/l.png', content: '/etc/passwd', mode: 0o120777 }, /is a link/],
    ['a secret', { name: 'cat/s.png', content: 'x', encrypted: true }, /is encrypted/],
    ['a name twice', { name: 'cat/1.png', content: 'x' }, /is there twice/],
    [
      'a method that Windows takes for large archives',
      { name: 'cat/3.png', content: 'x', method: 9 },
      /"cat\/3\.png" in it is packed by method 9, .* so unpack it yourself/,
    ],
    [
      'a file that is a folder as well',
      { name: 'cat/1.png/2.png', content: 'x' },
      /"cat\/1\.png\/2\.png" in it .* so unpack it yourself/,
    ],
    [
      'a name that no disk takes',
      { name: `${'k'.repeat(300)}.png`, content: 'x' },
      /in it has a name that is too long for this disk/,
    ],
    [
      'bytes that changed since they were packed',
      { name: 'cat/3.png', content: 'x', claimedSum: 1 },
      /cannot be unpacked \(the checksum of "cat\/3\.png" is wrong\)/,
    ],
    [
      'a bomb',
      { name: 'cat/b.png', content: Buffer.alloc(300 * 2 ** 20) },
      /would become \d+ MB, over 100 times its own size/,
    ],
    ['more than it claims', { name: 'b.png', content: 'xxxxxxxx', claimedSize: 3 }, /unpacked/],
    ['less than it claims', { name: 'b.png', content: 'xxx', claimedSize: 300 }, /unpacked/],
  ])('with %s is refused as a whole', async (_, entry, sentence) => {
    const db = workspace();
    const file = zip([...(await classes()), entry]);
    await expect(addDataset(db, { path: file })).rejects.toThrow(sentence);
    expect([unpacked(), listDatasets(db)]).toEqual([[], []]);
    expect(existsSync(join(folder, 'evil.png'))).toBe(false);
  });

  it.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['of other bytes', () => Buffer.from('no archive at all')],
    ['with a wrong byte', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 60, 90)],
  ])('%s is named as broken', async (_, damage) => {
    const file = join(folder, 'broken.zip');
    writeFile(file, damage(makeZip(await classes())));
    await expect(addDataset(workspace(), { path: file })).rejects.toThrow(
      /broken\.zip cannot be unpacked/,
    );
    expect(unpacked()).toEqual([]);
  });
});
