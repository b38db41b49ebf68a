import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackOf } from '../../../src/main/api/create-run.ts';
import type { RunRow } from '../../../src/main/store/runs.ts';
import type { DatasetsReport } from '../../../src/shared/api/compare-datasets.ts';
import type { CompareDocument } from '../../../src/shared/api-results.ts';
import { evaluate } from '../api/compare/evaluated-run.ts';
import { createTestApp, createTestRun, type TestApp } from '../fixtures/test-app.ts';
import { runCli } from './run-cli.ts';

let app: TestApp;
let a: string[];
let b: string[];
const fapt = (...args: string[]) => runCli(app.workspace.folder, ['compare', ...args]);

/** Labels are 000111; each seed without attack, and under it. */
const TAKEN_FOR = {
  fap: [
    ['000111', '111111'],
    ['001111', '111110'],
  ],
  'cba-fapt': [
    ['000111', '001111'],
    ['000110', '011011'],
  ],
} as const;

function measured(method: 'fap' | 'cba-fapt'): string[] {
  return TAKEN_FOR[method].map(([clean, attacked], index) => {
    const run: RunRow = createTestRun(app, method, index + 1);
    const attack = attackOf(run.config, { loss: 'ce' });
    evaluate(app, run, attackOf(run.config, { name: 'noise' }), clean, clean);
    evaluate(app, run, attack, clean, attacked);
    return run.id;
  });
}

beforeAll(async () => {
  app = await createTestApp({});
  a = measured('fap');
  b = measured('cba-fapt');
});
afterAll(() => app.dispose());

describe('fapt compare', () => {
  it('takes groups of seeds, by their ids or by one of them', async () => {
    const result = await fapt(a.join(), b.join(), '--json');
    const report = result.json() as unknown as CompareDocument;
    expect(report).toMatchObject({ a: a.join(), b: b.join(), unlike: [], leftOut: [] });
    expect(report.robust).toMatchObject({ n: 6, mcnemar: { aOnly: 1, bOnly: 3 } });
    expect(report.robust?.pairs.map(({ seed }) => seed)).toEqual([1, 2]);
    const bySeed = await fapt(a[0] ?? '', b[1] ?? '', '--seeds', '--json');
    expect(bySeed.json()).toEqual(report);
  });

  it('adds classes and the images of a cell', async () => {
    const options = ['--classes', '--images', 'onlyA', '--clean'];
    const result = await fapt(a.join(), b.join(), ...options, '--json');
    const { classes, images } = result.json() as unknown as CompareDocument;
    expect(classes?.natural.classes[0]).toMatchObject({ label: 0, a: { right: 5, of: 6 } });
    expect(images?.images).toMatchObject([{ id: 'class1/test-2.png', seed: 2 }]);
    const text = (await fapt(a.join(), b.join(), ...options)).stdout;
    expect(text).toMatch(/over 2 seeds: 41\.7 ± 11\.8/);
    expect(text).toMatch(/by class, summed over 2 seeds:/);
    expect(text).toMatch(/class1\/test-2\.png +2 +green_dog +green_dog -> red_cat/);
  });

  it('compares under another attack that all met', async () => {
    const { stdout } = await fapt(a.join(), b.join());
    expect(stdout).toMatch(
      /attacks that all met \(--under\):\n {2}1 {2}PGD-100.*\n {2}2 {2}random noise/,
    );
    const under = await fapt(a.join(), b.join(), '--under', '2', '--json');
    expect(under.json()).toMatchObject({ attack: { name: 'noise' } });
    expect(await fapt(a.join(), b.join(), '--under', '3')).toMatchObject({ code: 2 });
  });

  it('lays methods out over datasets', async () => {
    const result = await fapt('--methods', 'fap,cba-fapt', '--json');
    const report = result.json() as unknown as DatasetsReport;
    expect(report.datasets).toMatchObject([{ dataset: 'tiny' }]);
    expect(report.two?.robust?.differences[0]).toMatchObject({ aOnly: 1, bOnly: 3 });
    const { stdout } = await fapt('--methods', 'fap,cba-fapt');
    expect(stdout).toMatch(/Wilcoxon signed-rank over 1 dataset/);
  });

  it('refuses what does not go together', async () => {
    const wrong = [
      [a[0] ?? ''],
      [a[0] ?? '', b[0] ?? '', '--shots', '4'],
      [a[0] ?? '', b[0] ?? '', '--methods', 'fap,tga'],
      ['--methods', 'fap,nothing'],
    ];
    for (const args of wrong) expect(await fapt(...args)).toMatchObject({ code: 2, stdout: '' });
    const mixed = await fapt(`${a[0]},${b[0]}`, b[1] ?? '');
    expect(mixed.code).toBe(1);
    expect(mixed.stderr).toMatch(/differ in more than their seed/);
  });
});
