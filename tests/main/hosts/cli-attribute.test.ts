import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AttributionReport,
  RunDocument,
  StabilityReport,
} from '../../../src/shared/api-results.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli } from './run-cli.ts';

const RED_CAT = ['a', 'red', 'cat', '.'];
let folder: string;
let id: string;
const fapt = (...args: string[]) => runCli(join(folder, 'workspace'), args);
const ATTACK = ['--attack', 'pgd', '--eps', '8/255', '--steps', '3', '--subset', 'all'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-attribute-'));
  const model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  expect(await fapt('dataset', 'add', split)).toMatchObject({ code: 0 });
  const identity = ['--dataset', 'tiny', '--model', 'tiny', '--method', 'zero-shot'];
  const result = await fapt('run', ...identity, ...ATTACK, '--json');
  id = (result.json() as unknown as RunDocument).run.id;
});
afterAll(() => rm(folder, { recursive: true }));

describe('fapt attribute --example', () => {
  const example = ['--example', 'class0/test-0.png'];
  const report = async (...args: string[]) => {
    const result = await fapt('attribute', id, ...example, ...args, '--json');
    expect(result.code, result.stderr).toBe(0);
    return result.json() as unknown as AttributionReport;
  };

  it('says what was attacked and how, and writes pictures and raw values', async () => {
    const out = join(folder, 'maps');
    const { stdout } = await fapt('attribute', id, ...example, '--out', out);
    expect(stdout).toMatch(/class0\/test-0.png: "a photo of a red cat."/);
    expect(stdout).toMatch(/PGD-3 \(ce\), eps 8\/255.*: \w+ when clean, \w+ when attacked/);
    const files = await readdir(out);
    for (const side of ['clean', 'adversarial']) {
      for (const name of [`image-${side}.png`, `map-${side}.png`, `overlay-${side}.png`]) {
        expect(files).toContain(name);
      }
      expect(files).toEqual(expect.arrayContaining([`pixels-${side}.npy`, `map-${side}.npy`]));
    }
    const written = JSON.parse(await readFile(join(out, 'attribution.json'), 'utf8'));
    const { files: _, ...printed } = await report();
    expect(written).toMatchObject(printed);
    expect(printed).toMatchObject({ source: 'kept', step: null, position: { width: 32 } });
    expect(printed.words.map(({ text }) => text)).toEqual(['a', 'photo', 'of', ...RED_CAT]);
  });

  it('explains a class, words of the same name alike, a step, and the other run', async () => {
    const named = await report('--class', 'blue fish');
    const typed = await report('--text', 'blue fish');
    expect(typed).toMatchObject({ target: 'blue fish', targetText: named.targetText });
    expect(typed.drift.imageL2).toBeCloseTo(named.drift.imageL2, 5);
    const start = await report('--step', '0');
    expect(start).toMatchObject({ step: 0, source: 'rebuilt' });
    const own = await report('--attack-of', id);
    expect(own).toMatchObject({ attackedRun: id, source: 'kept' });
    const far = await fapt('attribute', id, ...example, '--step', '9');
    expect(far).toMatchObject({ code: 1, stdout: '' });
    expect(far.stderr).toMatch(/Step 9 of this attack cannot be shown; its steps are 0, 1, 2, 3/);
  });
});

describe('fapt attribute --all', () => {
  it('prints mean, interval and n of each number beside the protocol', async () => {
    const { stdout, code } = await fapt('attribute', id, '--all', '--subset', '6', '--no-curves');
    expect(code).toBe(0);
    expect(stdout).toContain(`run ${id} (zero-shot) on tiny with tiny, 6 images, PGD`);
    expect(stdout).toContain('8/255');
    expect(stdout).toMatch(/image map, l2 distance +[\d.e-]+ +[\d.e-]+ to [\d.e-]+ +6/);
    expect(stdout).toMatch(/10000 resamples of 6 images, seed 1/);
    expect(stdout).not.toContain('insertion');
  });

  it('answers per image and as CSV, with the same numbers as one image alone', async () => {
    const out = join(folder, 'numbers');
    const all = await fapt('attribute', id, '--all', '--out', out, '--json');
    const report = all.json() as unknown as StabilityReport;
    expect(report).toMatchObject({ n: 18, attack: { name: 'pgd', steps: 3 } });
    expect(report.examples).toHaveLength(18);
    for (const number of Object.values(report.numbers)) {
      expect(number?.n).toBe(18);
      expect(number?.ci?.[0]).toBeLessThanOrEqual(number?.mean ?? Number.NaN);
      expect(number?.ci?.[1]).toBeGreaterThanOrEqual(number?.mean ?? Number.NaN);
    }
    const [head, first] = (await readFile(join(out, `stability-${id}.csv`), 'utf8')).split('\r\n');
    expect(head).toMatch(/^id,target,imageL2,imageKl,.*,deletionAdversarial$/);
    expect(first?.split(',')[2]).toBe(String(report.examples[0]?.imageL2));
    const one = await fapt('attribute', id, '--example', 'class0/test-0.png', '--json');
    const drift = one.json().drift as { imageL2: number };
    const row = report.examples.find((example) => example.id === 'class0/test-0.png');
    expect((row?.imageL2 ?? 0) / drift.imageL2).toBeCloseTo(1, 3);
  });

  it.each([
    [['--example', 'class0/test-0.png', '--all'], /either --example ID or --all/],
    [[], /either --example ID or --all/],
    [['--all', '--class', 'red_cat'], /leave out --class/],
    [['--all', '--step', '1'], /leave out --step/],
    [['--example', 'x', '--class', 'a', '--text', 'b'], /give --class or --text/],
    [['--example', 'x', '--text', ' '], /--text must be 1 to 300 characters/],
    [
      ['--example', 'class0/test-0.png', '--subset', '3'],
      /--subset and --no-curves belong to --all/,
    ],
    [['--example', 'class0/test-0.png', '--no-curves'], /belong to --all/],
  ])('%j is wrong usage', async (args, sentence) => {
    const result = await fapt('attribute', id, ...args);
    expect(result.stderr).toMatch(sentence);
    expect(result.code).toBe(2);
  });
});
