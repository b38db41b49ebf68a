import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { parseDelimited } from '../../../src/main/datasets/readers/delimited.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { listDatasets } from '../../../src/main/store/datasets.ts';
import { listImages } from '../../../src/main/store/images.ts';
import { picture, temporaryFolder, writeFile } from './make-dataset.ts';

let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  for (const path of ['cat/1.png', 'cat/2.png', 'dog/1.png', 'dog/2.png', 'a, b/3.png']) {
    writeFile(join(folder, 'images', path), await picture());
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(text: string | Uint8Array, file = 'list.csv', more = {}) {
  writeFile(join(folder, file), text);
  const db = openDatabase(':memory:');
  const { dataset, ...report } = await addDataset(db, { path: join(folder, file), ...more });
  const entries = (['train', 'val', 'test'] as const).flatMap((split) =>
    listImages(db, dataset?.id ?? '', split).map(({ path, label }) => [split, path, label]),
  );
  return { dataset, entries, ...report };
}

const HEADED = 'path,label,split\ncat/1.png,cat,train\ndog/1.png,dog,train\ncat/2.png,cat,test\n';
const ENTRIES = [
  ['train', 'cat/1.png', 0],
  ['train', 'dog/1.png', 1],
  ['test', 'cat/2.png', 0],
];

describe('a table', () => {
  it.each([
    ['with a first row of names', HEADED],
    ['without one', HEADED.slice(HEADED.indexOf('\n') + 1)],
    ['of Windows', HEADED.replaceAll('\n', '\r\n').replaceAll('/', '\\')],
    ['with semicolons', HEADED.replaceAll(',', ';')],
    ['with tabs', HEADED.replaceAll(',', '\t')],
    ['with a mark', `\ufeff${HEADED}`],
    ["with Excel's line about its delimiter", `sep=;\r\n${HEADED.replaceAll(',', ';')}`],
    ['with other names', HEADED.replace('path,label,split', 'File Name,Class,Subset')],
    [
      'with columns in another order',
      'set,extra,class,image\ntrain,x,cat,cat/1.png\ntraining,y,dog,./dog/1.png\nTEST,z,cat,/cat/2.png',
    ],
    [
      'quoted',
      '"path","label","split"\n"cat/1.png","cat","train"\n "dog/1.png" , "dog",train\n"cat/2.png",cat,"test"',
    ],
  ])('%s is read', async (_, text) => {
    const { entries, format, classes, problems } = await read(text);
    expect(entries).toEqual(ENTRIES);
    expect(classes).toEqual(['cat', 'dog']);
    expect([format, problems]).toEqual(['csv', []]);
  });

  it.each<[string, (text: string) => Uint8Array]>([
    ['UTF-16 with a mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', (text) => Buffer.from(text, 'utf16le')],
  ])('in %s is read', async (_, encode) => {
    expect((await read(encode(HEADED))).entries).toEqual(ENTRIES);
  });

  it('in Windows-1252 is read, and told', async () => {
    const text = HEADED.replaceAll(',dog,', ',Dogge für alle,');
    const { classes, problems } = await read(Buffer.from(text, 'latin1'));
    expect(classes).toEqual(['Dogge für alle', 'cat']);
    expect(problems).toMatchObject([{ kind: 'text-encoding', message: /Windows-1252/ }]);
  });

  it('of JSON lines is read', async () => {
    const lines = [
      '{"file_name": "cat/1.png", "label": "cat", "split": "train"}',
      '',
      '{"label": "dog", "file_name": "dog\\\\1.png", "split": "train", "more": [1]}',
      '{"file_name": "cat/2.png", "label": "cat", "split": "test"}',
    ];
    expect((await read(lines.join('\n'), 'metadata.jsonl')).entries).toEqual(ENTRIES);
    await expect(read(`${lines[0]}\n{"file_name": `, 'b.jsonl')).rejects.toThrow('in line 2');
    await expect(read('[1]', 'c.jsonl')).rejects.toThrow('no JSON object in line 1');
    await expect(read('{"a": 1}', 'd.jsonl')).rejects.toThrow('name them "path" and "label"');
  });

  it('of JSON lines with lists and objects for values leaves those out', async () => {
    const lines = [{ label: { a: 1 } }, { path: ['cat/1.png'] }, { label: null }, {}];
    const row = { path: 'cat/1.png', label: 'cat', split: 'train' };
    const text = lines.map((line) => JSON.stringify({ ...row, ...line })).join('\n\n');
    const { entries, classes, problems } = await read(text, 'list.jsonl');
    expect([entries, classes]).toEqual([[['train', 'cat/1.png', 0]], ['cat']]);
    expect(problems.map(({ message }) => message)).toEqual([
      'line 1 names no class',
      'line 3 names no picture',
      'line 5 names no class',
      expect.stringContaining('there is one class'),
    ]);
  });

  it('with quoted delimiters, quotes and line ends', async () => {
    const { entries, classes } = await read(
      'path,label,split\n"a, b/3.png","a ""b""\nc",train\ncat/1.png,cat,test\n',
    );
    expect(classes).toEqual(['a "b"\nc', 'cat']);
    expect(entries[0]).toEqual(['train', 'a, b/3.png', 0]);
  });

  it('without splits gets a seeded one', async () => {
    const { dataset, counts } = await read(
      'path,label\ncat/1.png,cat\ncat/2.png,cat\ndog/1.png,dog\ndog/2.png,dog\ncat/2.png,cat',
    );
    expect(counts).toEqual({ train: 2, val: 0, test: 2 });
    expect(dataset?.madeSplit).toEqual({ seed: 1, ratio: [50, 20, 30] });
    expect(dataset?.problems.map(({ kind }) => kind)).toEqual(['made-split', 'duplicate-entry']);
  });

  it('with numbers and names keeps the numbers as labels', async () => {
    const { classes, entries, problems } = await read(
      'path,label,class_name,split\ndog/1.png,10,dog,train\ncat/1.png,9,cat,train',
    );
    expect(classes).toEqual(['cat', 'dog']);
    expect(entries[0]).toEqual(['train', 'dog/1.png', 1]);
    expect(problems).toEqual([]);
  });

  it('with numbers alone says that they mean nothing to the text model', async () => {
    const { classes, problems } = await read(
      'path,label,split\ncat/1.png,10,train\ndog/1.png,9,train',
    );
    expect(classes).toEqual(['9', '10']);
    expect(problems.map(({ kind }) => kind)).toEqual(['number-names']);
  });

  it('with two names for a number is refused', async () => {
    const text = 'path,label,classname,split\ncat/1.png,1,cat,train\ndog/1.png,1,dog,train';
    await expect(read(text)).rejects.toThrow('label 1 is called both "cat" and "dog"');
  });

  it('leaves out rows that say too little, and names their lines', async () => {
    const { entries, problems } = await read(
      `${HEADED},cat,train\ndog/2.png,,train\ndog/2.png,dog,holdout\ndog/2.png,dog,\n`,
    );
    expect(entries).toEqual(ENTRIES);
    expect(problems.map(({ kind, file, message }) => [kind, file, message])).toEqual([
      ['row-incomplete', 'list.csv:5', 'line 5 names no picture'],
      ['row-incomplete', 'list.csv:6', 'line 6 names no class'],
      ['split-unknown', 'list.csv:7', expect.stringContaining('"holdout"')],
      ['split-unknown', 'dog/2.png', 'line 8 names no split, and others do'],
    ]);
  });

  it('with whole paths finds those inside the image folder', async () => {
    const root = join(folder, 'images');
    const text = `path,label,split\n${root}/cat/1.png,cat,train\n${root}/dog/1.png,dog,test`;
    expect((await read(text, 'l.csv', { images: root })).entries).toEqual([
      ['train', 'cat/1.png', 0],
      ['test', 'dog/1.png', 1],
    ]);
  });

  it('leads nowhere outside', async () => {
    const db = openDatabase(':memory:');
    writeFile(join(folder, 'x.csv'), 'path,label\n../../etc/passwd.png,cat\ncat/1.png,cat');
    await expect(addDataset(db, { path: join(folder, 'x.csv') })).rejects.toThrow(
      'leads outside the image folder',
    );
    expect(listDatasets(db)).toEqual([]);
  });

  it.each([
    [
      'an open quote',
      'path,label\n"cat/1.png,cat\n',
      'opens a quote in line 2 that is never closed',
    ],
    ['no known columns', 'a,b\nc,d\n', 'name them "path" and "label"'],
    ['a column twice', 'path,label,Label\ncat/1.png,cat,0\n', 'has the column "label" twice'],
    ['two columns of paths', 'path,path,label\na,cat/1.png,cat\n', 'has the column "path" twice'],
    ['nothing', '', 'names no picture'],
    ['names alone', 'path,label\n', 'names no picture'],
  ])('with %s is refused', async (_, text, sentence) => {
    await expect(read(text)).rejects.toThrow(sentence);
  });

  it('in a folder is found where its first row names the columns', async () => {
    writeFile(join(folder, 'labels.csv'), HEADED);
    const report = await addDataset(null, { path: folder, dryRun: true });
    expect([report.format, report.counts.train]).toEqual(['csv', 2]);
    rmSync(join(folder, 'labels.csv'));
    writeFile(join(folder, 'excel.csv'), `sep=;\n${HEADED.replaceAll(',', ';')}`);
    expect((await addDataset(null, { path: folder, dryRun: true })).format).toBe('csv');
    rmSync(join(folder, 'excel.csv'));
    writeFile(join(folder, 'notes.csv'), 'remark\nnothing\n');
    expect((await addDataset(null, { path: folder, dryRun: true })).format).toBe('folders');
  });
});

describe('parseDelimited', () => {
  it('numbers lines by where a row begins', () => {
    const rows = [...parseDelimited('a,b\n"1\n2",x\n\nc,d', 'f.csv')];
    expect(rows).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1\n2', 'x'] },
      { line: 5, cells: ['c', 'd'] },
    ]);
  });
});
