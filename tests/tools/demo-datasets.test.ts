import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';

type Entry = [path: string, label: number, className: string];
type SplitName = 'train' | 'val' | 'test';
type Split = Record<SplitName, Entry[]>;

const DATASETS = join(import.meta.dirname, '../../resources/demo/datasets');
/** The user installs this with the program. */
const LARGEST_TOTAL_BYTES = 12_000_000;
const PER_CLASS: Record<SplitName, number> = { train: 16, val: 4, test: 20 };
const SPLITS = Object.keys(PER_CLASS) as SplitName[];

const readJson = <T>(...parts: string[]): T =>
  JSON.parse(readFileSync(join(DATASETS, ...parts), 'utf8')) as T;

const names = readdirSync(DATASETS).filter((name) =>
  existsSync(join(DATASETS, name, 'split.json')),
);

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Paths of a split, or of several. */
const pathsOf = (split: Split, ...which: SplitName[]): string[] =>
  which.flatMap((name) => split[name].map(([path]) => path));

test('there are at least four datasets, and all of them together stay small', () => {
  expect(names.length).toBeGreaterThanOrEqual(4);
  const sizes = filesUnder(DATASETS).map((file) => statSync(file).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST_TOTAL_BYTES);
});

describe.each(names)('%s', (name) => {
  const split = readJson<Split>(name, 'split.json');
  const clusters = readJson<Record<string, string>>(name, 'clusters.json');
  const about = readJson<{
    name: string;
    template: string;
    licence: string;
    clusters: { sharedBetweenTrainAndTest: boolean; counts: Record<SplitName, number> };
    styles: { fewShot: string[]; pretraining: string[] };
  }>(name, 'dataset.json');
  const all = pathsOf(split, ...SPLITS);
  const classes = new Map(split.train.map(([, label, className]) => [label, className]));

  test('every listed file is there once, and no other', () => {
    const images = join(DATASETS, name, 'images');
    const onDisk = filesUnder(images).map((file) => file.slice(images.length + 1));
    expect([...all].sort()).toEqual(onDisk.sort());
    expect(new Set(all).size).toBe(all.length);
  });

  test('every image decodes, from lossless WebP, to 64 x 64 opaque colours', async () => {
    for (const path of all) {
      const file = readFileSync(join(DATASETS, name, 'images', path));
      // "VP8L" is the chunk of lossless WebP; a lossy file has "VP8 ".
      expect(file.toString('latin1', 12, 16), path).toBe('VP8L');
      const { info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels], path).toEqual([64, 64, 3]);
    }
  });

  test('labels run from 0 without a gap, each with one name of its own', () => {
    expect([...classes.keys()].sort((a, b) => a - b)).toEqual([...classes.keys()].map((_, i) => i));
    expect(new Set(classes.values()).size).toBe(classes.size);
    expect(classes.size).toBeGreaterThanOrEqual(10);
    expect(classes.size).toBeLessThanOrEqual(20);
    for (const [, label, className] of SPLITS.flatMap((part) => split[part])) {
      expect(className).toBe(classes.get(label));
    }
  });

  test.each(SPLITS)('%s has the same number of images in each class', (part) => {
    for (const label of classes.keys()) {
      const count = split[part].filter((entry) => entry[1] === label).length;
      expect(count, classes.get(label)).toBe(PER_CLASS[part]);
    }
  });

  test('any first rounds of test hold each class equally often', () => {
    for (let start = 0; start < split.test.length; start += classes.size) {
      const labels = split.test.slice(start, start + classes.size).map(([, label]) => label);
      expect(new Set(labels).size).toBe(classes.size);
    }
  });

  test('no two images of different splits hold the same picture', async () => {
    const owner = new Map<string, string>();
    for (const path of all) {
      const pixels = await sharp(join(DATASETS, name, 'images', path))
        .raw()
        .toBuffer();
      const hash = createHash('sha256').update(pixels).digest('hex');
      expect(owner.get(hash), `${path} repeats a picture`).toBeUndefined();
      owner.set(hash, path);
    }
  });

  test('every image names its drawing, and the path tells the same', () => {
    expect(Object.keys(clusters).sort()).toEqual([...all].sort());
    for (const [path, cluster] of Object.entries(clusters)) {
      expect(path.split('/')[1]).toMatch(new RegExp(`^${cluster.replace('/', '_')}_`));
    }
  });

  test('drawings are in both train and test only if the dataset says so', () => {
    const drawings = (...which: SplitName[]): Set<string | undefined> =>
      new Set(pathsOf(split, ...which).map((path) => clusters[path]));
    const inTest = drawings('test');
    const shared = [...drawings('train', 'val')].filter((drawing) => inTest.has(drawing));
    expect(shared.length > 0).toBe(about.clusters.sharedBetweenTrainAndTest);
    for (const part of SPLITS) expect(drawings(part).size).toBe(about.clusters.counts[part]);
  });

  test('no drawing is of a style the demo CLIP was trained with', () => {
    const styles = new Set(Object.values(clusters).map((cluster) => cluster.split('/')[0]));
    expect([...styles].sort()).toEqual([...about.styles.fewShot].sort());
    expect(about.styles.pretraining.filter((style) => styles.has(style))).toEqual([]);
  });

  test('it says what it is: name, template with one place for the class, licence', () => {
    expect(about.name).toBe(name);
    expect(about.template.split('{}')).toHaveLength(2);
    expect(about.licence).toBe('Apache-2.0 AND CC-BY-4.0 AND MIT');
    expect(readFileSync(join(DATASETS, '../NOTICE.md'), 'utf8')).toContain('emojione');
  });
});
