import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AttributionReport,
  EvaluationDocument,
  EvaluationList,
  RunDocument,
  StabilityReport,
} from '../../../src/shared/api-results.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli } from './run-cli.ts';

let folder: string;
let fap: string;
let other: string;
const fapt = (...args: string[]) => runCli(join(folder, 'workspace'), args);
const SIZE = ['--eps', '8/255'];

async function documentOf<T>(...args: string[]): Promise<T> {
  const result = await fapt(...args, '--json');
  expect(result.stderr + result.code).toMatch(/0$/);
  return result.json() as T;
}
const evaluate = (run: string, ...args: string[]) =>
  documentOf<EvaluationDocument>('eval', run, ...args);

async function trained(...args: string[]): Promise<string> {
  const identity = ['--dataset', 'tiny', '--model', 'tiny', '--shots', '2', '--no-eval'];
  const { run } = await documentOf<RunDocument>(
    ...['run', ...identity, '--set', 'epochs=1', '--set', 'attack.epsilon=8/255', ...args],
  );
  return run.id;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-eval-'));
  const model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  expect(await fapt('dataset', 'add', split)).toMatchObject({ code: 0 });
  fap = await trained('--method', 'fap');
  other = await trained('--method', 'advvlp');
});
afterAll(() => rm(folder, { recursive: true }));

describe('fapt eval', () => {
  it('puts a badge with its reasons beside a robust number', async () => {
    const { run, evaluation } = await evaluate(fap, ...SIZE, '--steps', '4');
    expect(run.robustAccuracy).toBe(evaluation.robustAccuracy);
    expect(evaluation).toMatchObject({ status: 'finished', classes: 'all', own: true, n: 18 });
    const { badge, checks } = evaluation.sanity ?? { badge: null, checks: [] };
    expect(['sound', 'doubtful']).toContain(badge);
    expect(checks.find(({ name }) => name === 'ball')).toMatchObject({
      status: 'passed',
      reason: expect.stringMatching(/of 8\/255/),
    });
    expect(checks.find(({ name }) => name === 'black-box')?.status).not.toBe('unchecked');
  });

  it('every attack runs, and the worst case is no better than any of them', async () => {
    for (const attack of ['noise', 'apgd', 'fab', 'square', 'autoattack']) {
      const steps = attack === 'noise' ? [] : ['--steps', '4'];
      const { evaluation } = await evaluate(fap, '--attack', attack, ...SIZE, ...steps);
      expect(evaluation).toMatchObject({ status: 'finished', attack: { name: attack } });
    }
    const { evaluations, worstCases, run } = await documentOf<RunDocument>('show', fap);
    expect(worstCases).toHaveLength(1);
    const [worst] = worstCases;
    expect(worst?.attacks).toHaveLength(6);
    for (const { robustAccuracy } of evaluations) {
      if (robustAccuracy !== null) {
        expect(worst?.robustAccuracy).toBeLessThanOrEqual(robustAccuracy);
      }
    }
    // The newest attack is the headline; noise never is.
    expect(run.attack?.name).toBe('autoattack');
  });

  it('shows the images of another run to this one', async () => {
    const { evaluation } = await evaluate(fap, ...SIZE, '--steps', '4', '--from', other);
    expect(evaluation.attack.source).toBe(other);
    const text = await fapt('eval', fap, ...SIZE, '--steps', '4', '--from', other);
    expect(text.stdout).toContain('transfer accuracy');
    expect(text.stdout).toContain(`images made on run ${other}`);
    // It is no robust accuracy of its own.
    const { run } = await documentOf<RunDocument>('show', fap);
    expect(run.attack?.source).toBeNull();
  });

  it('any-step accuracy has a name of its own and is never above the last step’s', async () => {
    const last = await evaluate(other, ...SIZE, '--steps', '4');
    const any = await evaluate(other, ...SIZE, '--steps', '4', '--stop-when-fooled');
    expect(any.evaluation.robustAccuracy).toBeLessThanOrEqual(last.evaluation.robustAccuracy ?? 0);
    const text = await fapt('eval', other, ...SIZE, '--steps', '4', '--stop-when-fooled');
    expect(text.stdout).toMatch(/any-step robust accuracy .*any step counts/);
    const { run } = await documentOf<RunDocument>('show', other);
    expect(run.attack?.stopWhenFooled).toBe(false);
  });

  it('sweeps sizes; 0 is the natural accuracy, and no point is the headline', async () => {
    const { evaluations, run } = await documentOf<EvaluationList>(
      ...['eval', other, '--steps', '3', '--sweep', '0,4/255,64/255'],
    );
    expect(evaluations.map(({ attack }) => Math.round(255 * attack.epsilon))).toEqual([0, 4, 64]);
    expect(evaluations.map(({ purpose }) => purpose)).toEqual(['sweep', 'sweep', 'sweep']);
    expect(evaluations[0]?.robustAccuracy).toBe(evaluations[0]?.naturalAccuracy);
    expect(run.attack?.epsilon).toBeCloseTo(8 / 255, 8);
  });

  it('explains an image under the headline attack, whatever was measured after it', async () => {
    const report = await documentOf<AttributionReport>(
      ...['attribute', other, '--example', 'class1/test-0.png'],
    );
    expect(report.attack).toMatchObject({ name: 'pgd', source: null, stopWhenFooled: false });
    expect(report.attack.epsilon).toBeCloseTo(8 / 255, 8);
  });

  it('moves a run that learned the base classes to the new ones', async () => {
    const base = await trained('--method', 'cba-fapt', '--set', 'classes=base');
    const own = await evaluate(base, '--attack', 'none');
    expect(own.evaluation).toMatchObject({ classes: 'base', own: true, n: 12 });
    const moved = await evaluate(base, '--attack', 'none', '--classes', 'new');
    expect(moved.evaluation).toMatchObject({ classes: 'new', own: false, n: 6 });
    // The only new class is the only answer.
    expect(moved.evaluation.naturalAccuracy).toBe(1);
    const { run } = await documentOf<RunDocument>('show', base);
    expect(run.naturalN).toBe(12);
    // It explains images among its own classes, and no others.
    const image = ['attribute', base, '--example'];
    const report = await documentOf<AttributionReport>(...image, 'class1/test-0.png');
    expect(report.classNames).toHaveLength(2);
    const foreign = await fapt(...image, 'class2/test-0.png');
    expect(foreign).toMatchObject({ code: 1, stdout: '' });
    expect(foreign.stderr).toMatch(/is not of the base classes/);
  });

  it('contexts of single classes stay where they are', async () => {
    const own = await trained(
      '--method',
      'coop',
      '--set',
      'classes=base',
      '--set',
      'prompts.contextLength=2',
      '--set',
      'prompts.classSpecific=true',
    );
    const result = await fapt('eval', own, '--attack', 'none', '--classes', 'new');
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/learned a context for each class of its own/);
  });

  it.each([
    [['--attack', 'noise', '--steps', '3'], /--attack noise takes no --steps/],
    [['--attack', 'pgd', '--loss', 'dlr-targeted'], /belongs to --attack apgd/],
    [['--norm', 'l2'], /An l2 attack needs its size/],
    [['--sweep', '1/255,x'], /--sweep must be a number/],
    [['--sweep', '1/255', '--eps', '2/255'], /leave out --eps/],
    [['--sweep', '1/255,4'], /size of an l-inf attack must be from 0 to 1/],
  ])('%j is wrong usage', async (args, sentence) => {
    const result = await fapt('eval', fap, ...args);
    expect(result.stderr).toMatch(sentence);
    expect(result.code).toBe(2);
  });
});

describe('fapt attribute --all', () => {
  it('sums up every number with its interval, and writes a row an image', async () => {
    const out = join(folder, 'numbers');
    const report = await documentOf<StabilityReport>('attribute', fap, '--all', '--out', out);
    expect(report.n).toBe(18);
    expect(report.attack.name).toBe('autoattack');
    const { imageL2, insertionClean } = report.numbers;
    expect(imageL2?.n).toBe(18);
    expect(imageL2?.ci?.[0]).toBeLessThanOrEqual(imageL2?.mean ?? 0);
    expect(insertionClean?.mean).toBeGreaterThan(0);
    const csv = await readFile(join(out, `stability-${fap}.csv`), 'utf8');
    expect(csv.trim().split('\r\n')).toHaveLength(19);
    // Measured once: the second time comes from the store.
    expect(await documentOf<StabilityReport>('attribute', fap, '--all')).toEqual(report);
  });

  it('says what to do where nothing was attacked', async () => {
    const id = await trained('--method', 'vpt');
    const result = await fapt('attribute', id, '--all');
    expect(result).toMatchObject({ code: 1 });
    expect(result.stderr).toContain(`fapt eval ${id}`);
    expect(await fapt('attribute', id)).toMatchObject({ code: 2 });
  });
});
