/**
 * How long the import of a listing as large as ImageNet's takes, and in how much memory. The pictures
 * are hard links to a few small files, so that the listing is real and the disk stays empty.
 *
 *   node bench/import.ts [--images 1281167] [--classes 1000] [--layout folders|csv|coop]
 */
import { fork } from 'node:child_process';
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { addDataset } from '../src/main/datasets/add-dataset.ts';
import { fewShot } from '../src/main/datasets/few-shot.ts';
import { openDatabase } from '../src/main/store/database.ts';
import { getDataset } from '../src/main/store/datasets.ts';

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '1281167' },
    classes: { type: 'string', default: '1000' },
    layout: { type: 'string', default: 'folders' },
    /** Set by this program for the process that is measured. */
    measure: { type: 'string' },
  },
});

/** A file system allows 65,000 links to a file (ext4), or a few fewer. */
const LINKS_A_FILE = 30_000;
const TEST_A_CLASS = 50;

async function writeListing(folder: string): Promise<void> {
  const classes = Number(values.classes);
  const perClass = Math.ceil(Number(values.images) / classes);
  const names: string[] = [];
  const lists = { train: [] as string[], val: [], test: [] as string[] };
  let links = 0;
  let picture = '';
  for (let label = 0; label < classes; label += 1) {
    const wnid = `n${String(label).padStart(8, '0')}`;
    names.push(`${wnid} thing number ${label}`);
    for (const [part, count] of [
      ['train', perClass],
      ['val', TEST_A_CLASS],
    ] as const) {
      const target = join(folder, 'images', part, wnid);
      mkdirSync(target, { recursive: true });
      const rows: string[] = [];
      for (let index = 0; index < count; index += 1) {
        if (links % LINKS_A_FILE === 0) picture = await writePicture(folder, links);
        links += 1;
        const name = `${wnid}_${index}.JPEG`;
        linkSync(picture, join(target, name));
        const list = part === 'val' ? 'test' : 'train';
        const path = `images/${part}/${wnid}/${name}`;
        if (values.layout === 'csv') rows.push(`${path},${label},${list}`);
        else if (values.layout === 'coop') {
          lists[list].push(JSON.stringify([path, label, `thing number ${label}`]));
        }
      }
      if (values.layout === 'csv') appendFileSync(join(folder, 'list.csv'), `${rows.join('\n')}\n`);
    }
  }
  if (values.layout === 'coop') {
    const parts = Object.entries(lists).map(([list, rows]) => `"${list}":[${rows.join(',\n')}]`);
    writeFileSync(join(folder, 'split.json'), `{${parts.join(',\n')}}`);
  }
  writeFileSync(join(folder, 'classnames.txt'), `${names.join('\n')}\n`);
}

async function writePicture(folder: string, seed: number): Promise<string> {
  mkdirSync(join(folder, 'originals'), { recursive: true });
  const file = join(folder, 'originals', `${seed}.jpg`);
  const background = { r: seed % 256, g: 100, b: 200 };
  await sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .jpeg()
    .toFile(file);
  return file;
}

async function measure(folder: string): Promise<void> {
  const db = openDatabase(join(folder, 'fapt.sqlite'));
  const started = performance.now();
  const files: Record<string, string> = { csv: 'list.csv', coop: 'split.json', folders: '' };
  const path = join(folder, files[values.layout] ?? '');
  const { counts, classes, dataset } = await addDataset(db, {
    path,
    name: 'large',
    images: values.layout === 'folders' ? undefined : folder,
  });
  const imported = performance.now();
  getDataset(db, 'large');
  const looked = performance.now();
  if (dataset) fewShot(db, dataset, 16, 1);
  const sampled = performance.now();
  const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
  const rss = process.resourceUsage().maxRSS * 1024;
  console.log(
    `${classes.length} classes, ${counts.train} train, ${counts.test} test (${values.layout})`,
  );
  console.log(`import ${seconds(started, imported)}, peak ${(rss / 1e6).toFixed(0)} MB`);
  console.log(`look up ${seconds(imported, looked)}, 16 shots ${seconds(looked, sampled)}`);
  db.close();
}

if (values.measure !== undefined) await measure(values.measure);
else {
  const folder = mkdtempSync(join(tmpdir(), 'fapt-import-'));
  try {
    await writeListing(folder);
    const args = [...process.argv.slice(2), '--measure', folder];
    const child = fork(fileURLToPath(import.meta.url), args);
    await new Promise((resolve) => child.once('exit', resolve));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
