import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { turns } from '../../../src/main/datasets/concurrently.ts';
import { Thumbnails } from '../../../src/main/datasets/thumbnails.ts';
import { type Database, openDatabase } from '../../../src/main/store/database.ts';
import type { DatasetRow } from '../../../src/main/store/datasets.ts';
import { LISTS, makeDataset, picture } from './make-dataset.ts';

let db: Database;
let folder: string;
let dataset: DatasetRow;
let thumbnails: Thumbnails;

beforeEach(async () => {
  db = openDatabase(':memory:');
  folder = await makeDataset({ ...LISTS, test: [...LISTS.test, ['cat/twin.png', 0, 'house_cat']] });
  // The same bytes under another name.
  const bytes = await picture('png', 20);
  for (const path of ['cat/4.png', 'cat/twin.png'])
    writeFileSync(join(folder, 'images', path), bytes);
  const added = await addDataset(db, { path: folder });
  dataset = added.dataset as DatasetRow;
  thumbnails = new Thumbnails(join(folder, 'thumbnails'));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const files = () =>
  readdirSync(join(folder, 'thumbnails'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.webp'),
  );
const get = (path: string, size = 16, signal?: AbortSignal) =>
  thumbnails.get(db, dataset, { split: 'test', path, size }, signal);

describe('thumbnails', () => {
  it('are drawn once for a content and a size, and kept', async () => {
    const first = await get('cat/4.png');
    expect(first).toMatchObject({ contentType: 'image/webp', width: 16, height: 16 });
    expect(await get('cat/twin.png')).toEqual(first);
    expect(files()).toHaveLength(1);
    expect(await get('cat/4.png', 24)).toMatchObject({ width: 20, height: 20 });
    expect(files()).toHaveLength(2);
  });

  it('come from the disk the next time', async () => {
    await get('cat/4.png');
    const blue = { width: 3, height: 2, channels: 3 as const, background: 'blue' };
    const other = await sharp({ create: blue }).webp().toBuffer();
    writeFileSync(join(folder, 'thumbnails', files()[0] as string), other);
    expect(await get('cat/twin.png')).toMatchObject({ width: 3, height: 2 });
  });

  it('show what a file holds now, and say where it is gone', async () => {
    await get('cat/4.png');
    writeFileSync(join(folder, 'images/cat/4.png'), await picture('png', 10));
    expect(await get('cat/4.png')).toMatchObject({ width: 10, height: 10 });
    rmSync(join(folder, 'images/cat/4.png'));
    await expect(get('cat/4.png')).rejects.toMatchObject({ code: 'image-unreadable' });
    await expect(get('cat/none.png')).rejects.toMatchObject({ code: 'examples-unknown' });
  });

  it('are not drawn for who went away', async () => {
    await expect(get('cat/4.png', 16, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await thumbnails.prune().then(() => true)).toBe(true);
  });

  it('that are too many are deleted, the oldest first', async () => {
    await get('cat/4.png');
    await get('dog/4.png');
    await thumbnails.prune(1e6);
    expect(files()).toHaveLength(2);
    await thumbnails.prune(0);
    expect(files()).toEqual([]);
  });
});

it('turns are taken by so many at a time, in the order asked for', async () => {
  const turn = turns(2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const work = [0, 1, 2, 3].map((number) =>
    turn(async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (number === 1) throw new Error('failed');
    }).catch((error: Error) => error.message),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([0, 1]);
  for (let next = 0; next < 4; next += 1) {
    ends[next]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([begun, await Promise.all(work)]).toEqual([
    [0, 1, 2, 3],
    [undefined, 'failed', undefined, undefined],
  ]);
});
