import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdversarialImagesReport } from '../../../src/main/api/export/adversarial-images.ts';
import type { RunDocument } from '../../../src/shared/api-results.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli } from './run-cli.ts';

const EXAMPLE = 'class0/test-0.png';
let folder: string;
/** Zero-shot and FAP. */
let ids: string[];
const fapt = (...args: string[]) => runCli(join(folder, 'workspace'), args);
const at = (name: string) => join(folder, 'out', name);
const text = (name: string) => readFile(at(name), 'utf8');

async function exported(...args: string[]) {
  const result = await fapt('export', ...args);
  expect(result.code, result.stderr).toBe(0);
  return result.stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-export-'));
  const model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  expect(await fapt('dataset', 'add', split)).toMatchObject({ code: 0 });
  const common = ['--dataset', 'tiny', '--model', 'tiny', '--shots', '2'];
  const attack = ['--attack', 'pgd', '--eps', '8/255', '--steps', '3', '--subset', 'all'];
  ids = [];
  for (const method of [['zero-shot'], ['fap', '--set', 'epochs=1']]) {
    const result = await fapt('run', '--method', ...method, ...common, ...attack, '--json');
    ids.push((result.json() as unknown as RunDocument).run.id);
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('fapt export table', () => {
  it('writes what the ending asks for, with the protocol', async () => {
    for (const ending of ['md', 'tex', 'csv']) {
      const file = at(`accuracies.${ending}`);
      expect(await exported('table', ...ids, '--out', file)).toContain(`wrote ${file}`);
      expect(await readFile(file, 'utf8')).toContain('PGD-3 (ce), eps 8/255');
    }
    const markdown = await text('accuracies.md');
    expect(markdown).toMatch(/\| Zero-shot CLIP \|.*\n\| FAP \|/);
    expect((await readdir(join(folder, 'out'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('has one row an image and run, or a class', async () => {
    await exported('table', ...ids, '--of', 'outcomes', '--out', at('outcomes.csv'));
    const rows = (await text('outcomes.csv')).trim().split('\r\n');
    expect(rows[0]).toMatch(
      /^Run,Method,Image,True class,Clean,Attacked,Margin,Fell at step,Attack/,
    );
    const images = rows.slice(1).filter((row) => row.startsWith(ids[0] as string));
    expect(rows).toHaveLength(1 + 2 * images.length);
    await exported('table', ...ids, '--of', 'classes', '--out', at('classes.md'));
    expect(await text('classes.md')).toMatch(/\| red\\_cat \| 6 \|/);
  });

  it('refuses an ending that means nothing, and a run that is not there', async () => {
    const unclear = await fapt('export', 'table', ...ids, '--out', at('x.doc'));
    expect(unclear).toMatchObject({ code: 2 });
    expect(unclear.stderr).toContain('--format');
    expect(await fapt('export', 'table', 'zzz', '--out', at('x.csv'))).toMatchObject({ code: 1 });
  });
});

describe('fapt export curves and bibtex', () => {
  it('draws a vector PDF, or writes every point', async () => {
    await exported('curves', ...ids, '--format', 'pdf-3.25in', '--out', at('loss.pdf'));
    const pdf = (await readFile(at('loss.pdf'))).toString('latin1');
    expect(pdf).toContain('/MediaBox [0 0 234 ');
    await exported('curves', ids[1] as string, '--out', at('loss.csv'));
    const points = (await text('loss.csv')).trim().split('\r\n').slice(1);
    expect(points.length).toBeGreaterThan(0);
    for (const point of points) expect(point).toMatch(/^\w+,"FAP, seed 1",\d+,[\d.]+,[\d.e-]+,/);
  });

  it('names what was logged where a metric is unknown', async () => {
    const result = await fapt('export', 'curves', ...ids, '--metric', 'nope', '--out', at('x.pdf'));
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/"nope"; there is .*loss/);
  });

  it('prints each publication once', async () => {
    const entries = (await exported('bibtex', ...ids, ids[1] as string)).match(/^@/gm);
    expect(entries).toHaveLength(2);
  });
});

describe('fapt export figure1', () => {
  it('draws the image three times and the runs as points', async () => {
    const [baseline, ours] = ids as [string, string];
    const chosen = ['--baseline', baseline, '--ours', ours, '--example', EXAMPLE];
    await exported('figure1', ...ids, ...chosen, '--out', at('figure1.svg'));
    const svg = await text('figure1.svg');
    for (const part of ['Clean', 'Attacked', 'Stabilised', '(a)', '(b)', 'Zero-shot CLIP', 'FAP']) {
      expect(svg).toContain(`>${part}</text>`);
    }
    expect(svg.match(/<image /g)).toHaveLength(6);
    expect(svg).toContain('PGD-3 (ce), eps 8/255');
    await exported('figure1', ...ids, ...chosen, '--out', at('figure1.png'));
    expect((await sharp(at('figure1.png')).metadata()).width).toBe(2 * 729);
  });

  it('says which runs it lacks', async () => {
    const result = await fapt('export', 'figure1', ...ids, '--out', at('x.pdf'));
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('CBA-FAPT');
  });
});

describe('fapt export report', () => {
  it('is one page that needs nothing else', async () => {
    const [a, b] = ids as [string, string];
    await exported('report', '--a', a, '--b', b, '--images', '1', '--out', at('report.html'));
    const html = await text('report.html');
    expect(html).toContain('<h1>FAP against Zero-shot CLIP on tiny</h1>');
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    for (const address of addresses) expect(address).toMatch(/^(#|data:image\/png)/);
    expect(html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:\/\/|<script/);
    expect(html.match(/<table/g)?.length).toBe(html.match(/<caption>/g)?.length);
    const drawings = html.match(/<div role="img" aria-label="[^"]{20,}"/g) ?? [];
    expect(drawings).toHaveLength(html.match(/<figure/g)?.length ?? 0);
    expect(html).not.toMatch(/NaN|undefined/);
  });
});

describe('fapt export images and maps', () => {
  it('writes the images as floats and as PNG, and says what rounding leaves of the attack', async () => {
    const out = at('images');
    const result = await fapt('export', 'images', ids[1] as string, '--out', out, '--json');
    expect(result.code, result.stderr).toBe(0);
    const report = result.json() as unknown as AdversarialImagesReport;
    expect(report.sentence).toMatch(/in float32, and on \d+ of \d+ .* after rounding to 8 bits/);
    expect(report.stillFooled).toBeLessThanOrEqual(report.float.fooled);
    const npy = await readFile(join(out, 'images.npy'));
    expect(npy.toString('latin1', 0, 128)).toContain(`(${report.n}, 3, 32, 32,)`);
    const pngs = await readdir(join(out, 'png'));
    expect(pngs).toHaveLength(report.n);
    expect(pngs[0]).toMatch(/^0*1-class\d-test-\d\.png$/);
    const begin = npy.length - report.n * 3 * 32 * 32 * 4;
    const raw = await sharp(join(out, 'png', pngs[0] as string))
      .raw()
      .toBuffer();
    expect(raw[0]).toBe(Math.round(255 * npy.readFloatLE(begin)));
    const shown = (await fapt('show', ids[1] as string, '--json')).json() as unknown as RunDocument;
    expect(report.float.robustAccuracy).toBeCloseTo(shown.run.robustAccuracy as number, 12);
  });

  it('writes a folder of maps an image', async () => {
    await exported('maps', ids[1] as string, '--example', EXAMPLE, '--out', at('maps'));
    const csv = await text('maps/class0-test-0.png/map-clean.csv');
    expect(csv.split('\r\n')[0]).toBe('row,column,value');
    expect(csv.trim().split('\r\n')).toHaveLength(1 + 16);
  });
});

describe('runs whose newest attacks differ', () => {
  it('are shown under the one that both met', async () => {
    const [baseline, ours] = ids as [string, string];
    const other = ['--attack', 'pgd', '--eps', '4/255', '--steps', '2', '--subset', '3'];
    expect(await fapt('eval', baseline, ...other)).toMatchObject({ code: 0 });
    const chosen = ['--baseline', baseline, '--ours', ours, '--example', EXAMPLE];
    await exported('figure1', ...ids, ...chosen, '--out', at('common.svg'));
    expect(await text('common.svg')).toContain('clean and under PGD-3 (ce), eps 8/255');
    await exported('table', ...ids, '--of', 'classes', '--out', at('common.csv'));
    const [head] = (await text('common.csv')).split('\r\n');
    expect(head).toContain('"Zero-shot CLIP robust, PGD-2 (ce), eps 4/255');
  });
});
