import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProtocolPlanReport, ProtocolReport } from '../../../src/shared/api-protocol.ts';
import type { RunReport } from '../../../src/shared/api-results.ts';
import { holdTraining } from '../fixtures/hold-training.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli, sentences, startCli } from './run-cli.ts';

type Entry = [string, number, string];

let folder: string;
let workspace: string;
const fapt = (...args: string[]) => runCli(workspace, args);
const protocol = (...args: string[]) => fapt('protocol', ...args);
const SMALL = ['--model', 'tiny', '--set', 'epochs=1', '--steps', '2', '--eps', '8/255'];

/** Some of the tiny dataset's entries under another name. */
async function addPart(name: string, keep: (entry: Entry, part: string) => boolean) {
  const images = join(folder, 'data', 'images');
  const split = JSON.parse(await readFile(join(folder, 'data', 'tiny.json'), 'utf8'));
  const parts = Object.entries(split as Record<string, Entry[]>);
  const kept = parts.map(([part, list]) => [part, list.filter((entry) => keep(entry, part))]);
  const file = join(folder, 'data', `${name}.json`);
  await writeFile(file, JSON.stringify(Object.fromEntries(kept)));
  expect(await fapt('dataset', 'add', file, '--images', images)).toMatchObject({ code: 0 });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-protocol-'));
  workspace = join(folder, 'workspace');
  const model = await writeTinyClip(join(folder, 'model'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  await writeTinyDataset(join(folder, 'data'));
  await addPart('tiny', () => true);
  await addPart('Caltech101', ([, label]) => label !== 2);
  await addPart('ImageNet', () => true);
  await addPart('one', ([, label]) => label === 0);
  await addPart('untested', (_, part) => part !== 'test');
  await addPart('single', ([path, label], part) => {
    return part !== 'train' || label !== 1 || path.endsWith('-0.png');
  });
  const lost = await writeTinyDataset(join(folder, 'lost'));
  expect(await fapt('dataset', 'add', lost, '--name', 'lost')).toMatchObject({ code: 0 });
  await rm(join(folder, 'lost', 'images', 'class1', 'train-0.png'));
});
afterAll(() => rm(folder, { recursive: true }));

const runs = async () => (await fapt('runs', '--json')).json().runs as RunReport[];
const report = (result: Awaited<ReturnType<typeof fapt>>) =>
  result.json() as unknown as ProtocolReport;

describe('fapt protocol base-to-new', () => {
  const args = ['base-to-new', '--methods', 'zero-shot,fap', '--datasets', 'tiny', ...SMALL];
  const seeds = ['--shots', '2', '--seeds', '1,2'];

  it('lists the runs with an estimate and stores nothing', async () => {
    const result = await protocol(...args, ...seeds, '--dry-run', '--json');
    expect(result.code).toBe(0);
    const plan = result.json() as unknown as ProtocolPlanReport;
    expect(plan.runs.map(({ title }) => title)).toEqual([
      'Zero-shot CLIP, tiny, seed 1',
      'FAP, tiny, 2 shots, seed 1',
      'Zero-shot CLIP, tiny, seed 2',
      'FAP, tiny, 2 shots, seed 2',
    ]);
    expect(plan.counts).toEqual({ finished: 0, partial: 0, missing: 4 });
    // Two base classes with two images each make one batch of four.
    expect(plan.runs.map(({ stepsLeft }) => stepsLeft)).toEqual([0, 1, 0, 1]);
    expect(plan.runs.map(({ evaluationsLeft }) => evaluationsLeft)).toEqual([4, 4, 4, 4]);
    expect(plan.estimate.seconds).toBeGreaterThan(0);
    // Four runs x (12 base + 6 new) images x 3 x 32 x 32 float32
    expect(plan.estimate.diskBytes).toBe(4 * 18 * 3 * 32 * 32 * 4);
    expect(await runs()).toEqual([]);
  });

  it('fills the table, and uses what is finished again', async () => {
    const first = report(await protocol(...args, ...seeds, '--json'));
    expect(first.missing).toEqual([]);
    expect(first.failures).toEqual([]);
    expect(first.attack).toMatchObject({ name: 'pgd', steps: 2, epsilon: 8 / 255 });
    expect(first.settings).toEqual(['epochs=1']);
    const fap = first.tables[0]?.rows[1];
    expect(fap?.cells.map(({ column, natural }) => [column, natural?.n, natural?.images])).toEqual([
      ['base', 2, 12],
      ['new', 2, 6],
      ['harmonic', 2, null],
    ]);
    // The new half has one class, where every answer is right.
    expect(fap?.cells[1]?.natural?.mean).toBe(1);
    expect(first.cautions.join()).toMatch(/new half of tiny has one class/);

    const made = await runs();
    expect(made.map(({ id }) => id).toSorted()).toEqual(
      first.runs.map(({ run }) => run).toSorted(),
    );
    const again = await protocol(...args, ...seeds, '--json');
    expect(report(again)).toEqual(first);
    expect(again.stderr).toMatch(/4 of 4 runs are finished and used again/);
    expect(await runs()).toEqual(made);

    const { stdout } = await protocol(...args, ...seeds);
    expect(stdout).toMatch(/method +accuracy, % +base +new +harmonic mean/);
    expect(stdout).toMatch(/FAP +natural +\S+ \+- \S+ \(2\)/);
    expect(stdout).toMatch(/PGD-2 \(ce\), eps 8\/255/);
    expect(stdout).toMatch(/test images, natural\/robust: base 12\/12, new 6\/6/);
  });

  it('shows with --no-run what there is and names what is missing', async () => {
    const before = await runs();
    const wider = ['--shots', '2', '--seeds', '1,3', '--no-run', '--json'];
    const found = report(await protocol(...args, ...wider));
    expect(found.missing).toEqual([
      'Zero-shot CLIP, tiny, seed 3 (no run)',
      'FAP, tiny, 2 shots, seed 3 (no run)',
    ]);
    expect(found.tables[0]?.rows[1]?.cells[0]?.natural?.n).toBe(1);
    const { stdout } = await protocol(...args, ...wider.slice(0, -1));
    expect(stdout).toMatch(/missing:\n {2}Zero-shot CLIP, tiny, seed 3/);
    expect(await runs()).toEqual(before);
  });

  it('measures only what a finished run lacks', async () => {
    const other = ['--shots', '2', '--seeds', '1', '--attack', 'noise', '--eps', '8/255', '--json'];
    const flags = ['--model', 'tiny', '--set', 'epochs=1'];
    const plain = ['base-to-new', '--methods', 'fap', '--datasets', 'tiny', ...flags, ...other];
    const before = await runs();
    const plan = (await protocol(...plain, '--dry-run')).json() as unknown as ProtocolPlanReport;
    expect(plan.runs).toMatchObject([{ state: 'partial', stepsLeft: 0, evaluationsLeft: 2 }]);
    expect(report(await protocol(...plain)).missing).toEqual([]);
    expect((await runs()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});

describe('fapt protocol cross-dataset', () => {
  it('moves learned prompts to other classes, with the paper beside its own datasets', async () => {
    const args = ['--methods', 'zero-shot,advvp,fap', '--source', 'ImageNet', '--seeds', '1'];
    const targets = ['--datasets', 'Caltech101,one'];
    const result = await protocol('cross-dataset', ...args, ...targets, ...SMALL, '--json');
    expect(result.code).toBe(0);
    const { tables, runs, paper, settings } = report(result);
    expect(runs).toHaveLength(3);
    expect(settings).toContain('AdvVP: optimizer.learningRate=30');
    const [table] = tables;
    expect(table?.columns.map(({ title }) => title)).toEqual([
      'ImageNet (source)',
      'Caltech101',
      'one',
      'average',
    ]);
    const cells = table?.rows[2]?.cells ?? [];
    expect(cells.map(({ natural }) => natural?.images)).toEqual([18, 12, 6, null]);
    const means = cells.map(({ robust }) => robust?.mean ?? Number.NaN);
    expect(means[3]).toBeCloseTo(((means[0] ?? 0) + (means[1] ?? 0) + (means[2] ?? 0)) / 3, 12);
    expect(cells[1]?.paper.robust).toBeGreaterThan(0);
    expect(cells[2]?.paper).toEqual({ natural: null, robust: null });
    expect(cells[3]?.paper).toEqual({ natural: null, robust: null });
    expect(paper?.setup).toMatch(/ViT-B\/32/);
    const { stdout } = await protocol('cross-dataset', ...args, ...targets, ...SMALL);
    expect(stdout).toMatch(/^ +paper +\d+\.\d\d +\d+\.\d\d +- +-$/m);
  });
});

describe('fapt protocol few-shot', () => {
  const few = ['few-shot', '--seeds', '1', ...SMALL];

  it('answers for one class, and for a class with one image', async () => {
    const args = ['--methods', 'zero-shot,coop', '--datasets', 'one,single', '--shots', '1,2'];
    const { tables, missing } = report(await protocol(...few, ...args, '--json'));
    expect(missing).toEqual([]);
    expect(tables.map(({ title }) => title)).toEqual(['one', 'single', 'average of 2 datasets']);
    for (const { natural, robust } of tables[0]?.rows[1]?.cells ?? [])
      expect([natural?.mean, robust?.mean]).toEqual([1, 1]);
    const average = tables[2]?.rows[1]?.cells[0]?.natural?.mean ?? 0;
    const single = tables[1]?.rows[1]?.cells[0]?.natural?.mean ?? Number.NaN;
    expect(average).toBeCloseTo((1 + single) / 2, 12);
  });

  it('reports a run that fails, goes on with the others and exits with 1', async () => {
    const args = ['--methods', 'zero-shot,fap', '--datasets', 'lost,tiny', '--shots', '4'];
    const result = await protocol(...few, ...args, '--json');
    expect(result.code).toBe(1);
    const { failures, missing, tables } = report(result);
    expect(failures).toMatchObject([{ title: 'FAP, lost, 4 shots, seed 1' }]);
    expect(failures[0]?.reason).toMatch(/train-0\.png/);
    expect(missing).toEqual(['FAP, lost, 4 shots, seed 1 (no run)']);
    expect(tables[1]?.rows[1]?.cells[0]?.robust?.n).toBe(1);
    expect(sentences(result).at(-1)).toMatch(/1 of 4 runs failed.*FAP, lost/);
  });

  it('stops on Ctrl-C and goes on from there with the same command', async () => {
    const args = ['few-shot', '--methods', 'fap,cba-fapt', '--datasets', 'tiny', '--model', 'tiny'];
    const long = [...args, '--shots', '4', '--seeds', '5', '--set', 'epochs=12', '--steps', '2'];
    const held = holdTraining('cba-fapt');
    const { child, done, said } = startCli(workspace, ['protocol', ...long], held);
    await said(/^\[2\/2\] CBA-FAPT/m);
    child.kill('SIGINT');
    const stopped = await done;
    expect(stopped.code).toBe(130);
    expect(sentences(stopped).at(-1)).toMatch(/1 of 2 runs done.*same command/);
    const left = report(await protocol(...long, '--no-run', '--json'));
    expect(left.runs.map(({ state }) => state)[0]).toBe('finished');
    expect(left.missing[0]).toMatch(/^CBA-FAPT, tiny, 4 shots, seed 5/);
    const before = (await runs()).length;
    const resumed = await protocol(...long, '--json');
    expect(resumed.code).toBe(0);
    expect(report(resumed).missing).toEqual([]);
    expect(resumed.stderr).toMatch(/1 of 2 runs are finished and used again/);
    const [cba] = await runs();
    expect(cba).toMatchObject({ method: 'cba-fapt', status: 'finished', step: 36 });
    expect((await runs()).length - before).toBe(left.runs[1]?.run ? 0 : 1);
  });
});

describe('fapt protocol ablation', () => {
  it('makes the rows of Table 3, the last of which is the method itself', async () => {
    const args = ['ablation', '--datasets', 'tiny', '--shots', '1', '--seeds', '1', ...SMALL];
    const { tables, runs, cautions } = report(await protocol(...args, '--json'));
    expect(tables[0]?.rows.map(({ title }) => title)).toEqual([
      'L_adv',
      '+ L_nat',
      '+ L_VAA',
      'CBA-FAPT (+ L_TAA)',
    ]);
    expect(cautions.join()).toMatch(/AdvMaPLe in Table 2/);
    const own = ['base-to-new', '--methods', 'cba-fapt', ...args.slice(1)];
    expect(report(await protocol(...own, '--json')).runs[0]?.run).toBe(runs[3]?.run);
  });
});

describe('what no protocol can answer', () => {
  const cases: [string[], number, RegExp][] = [
    [['base-to-new', '--datasets', 'one'], 1, /at least 2/],
    [['few-shot', '--datasets', 'untested'], 1, /no test image/],
    [['few-shot', '--datasets', 'nosuch'], 1, /no dataset named "nosuch"/],
    [['few-shot', '--datasets', 'tiny', '--methods', 'nosuch'], 2, /no method "nosuch"/],
    [['few-shot', '--datasets', 'tiny,tiny'], 2, /twice/],
    [['few-shot', '--datasets', 'tiny', '--set', 'seed=4'], 2, /protocol's own/],
    [['few-shot'], 2, /--datasets/],
    [['cross-dataset', '--datasets', 'tiny'], 2, /--source/],
    [['cross-dataset', '--source', 'tiny', '--datasets', 'tiny'], 2, /other than the source/],
    [
      [
        'base-to-new',
        '--datasets',
        'tiny',
        '--methods',
        'coop',
        '--set',
        'prompts.classSpecific=true',
      ],
      1,
      /cannot move to other classes/,
    ],
  ];

  it.each(cases)('%j', async (args, code, sentence) => {
    const before = await runs();
    const result = await protocol(...args, '--model', 'tiny');
    expect(result.code).toBe(code);
    expect(sentences(result)).toHaveLength(1);
    expect(sentences(result)[0]).toMatch(sentence);
    expect(await runs()).toEqual(before);
  });

  it('needs a model', async () => {
    const result = await protocol('few-shot', '--datasets', 'tiny');
    expect([result.code, ...sentences(result)]).toEqual([2, 'few-shot needs --model NAME.']);
  });
});
