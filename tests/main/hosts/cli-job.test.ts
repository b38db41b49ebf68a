import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareReport, RunReport } from '../../../src/shared/api-results.ts';
import { holdTraining } from '../fixtures/hold-training.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { type CliResult, runCli, startCli } from './run-cli.ts';

let folder: string;
let workspace: string;
const fapt = (...args: string[]) => runCli(workspace, args);
const IDENTITY = ['--dataset', 'tiny', '--model', 'tiny', '--shots', '4'];
const EPSILON = ['--set', 'attack.epsilon=4/255', '--set', 'attack.stepSize=4/255'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-cli-'));
  workspace = join(folder, 'workspace');
  const model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  expect(await fapt('dataset', 'add', split)).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true }));

const runOf = (result: CliResult) => {
  expect(result.stderr + result.code).toMatch(/0$/);
  return result.json().run as RunReport;
};
const checkpoint = (id: string) => join(workspace, 'runs', id, 'checkpoint.safetensors');
const hashOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** Starts a run of twenty epochs, whose training waits in the second one until it is stopped. */
async function startHeld(method: 'fap' | 'cba-fapt', options: string[]) {
  const running = startCli(workspace, options, holdTraining(method));
  const [, id = ''] = await running.said(/^run (\w+)$/m);
  await expect.poll(() => existsSync(checkpoint(id))).toBe(true);
  return { ...running, id };
}

describe('the main job on the command line', () => {
  let fap: RunReport;
  let cba: RunReport;

  it('trains and evaluates, one JSON document on stdout', async () => {
    const options = [...IDENTITY, ...EPSILON, '--set', 'epochs=3', '--steps', '5', '--json'];
    fap = runOf(await fapt('run', '--method', 'fap', ...options));
    expect(fap).toMatchObject({
      status: 'finished',
      method: 'fap',
      dataset: 'tiny',
      model: 'tiny',
      shots: 4,
      seed: 1,
      naturalN: 18,
      n: 18,
      attack: { name: 'pgd', steps: 5, epsilon: 4 / 255, stepSize: 4 / 255, subset: 100 },
      step: 9,
      totalSteps: 9,
    });
    expect(fap.naturalAccuracy).toBeGreaterThanOrEqual(fap.robustAccuracy ?? 1);
    cba = runOf(await fapt('run', '--method', 'cba-fapt', ...options));
  });

  it('shows outcomes that add up to the accuracy', async () => {
    const document = (await fapt('show', fap.id, '--outcomes', '--json')).json();
    const outcomes = document.outcomes as Record<string, number | string | null>[];
    expect(outcomes).toHaveLength(18);
    expect(Object.keys(outcomes[0] ?? {})).toEqual([
      'id',
      'label',
      'clean',
      'adversarial',
      'margin',
      'fellAt',
    ]);
    const robust = outcomes.filter(({ adversarial, label }) => adversarial === label).length;
    expect(robust / 18).toBe(fap.robustAccuracy);
    for (const { clean, label, fellAt } of outcomes) expect(fellAt === 0).toBe(clean !== label);
    expect(outcomes.map(({ id }) => id).slice(0, 2)).toEqual([
      'class0/test-0.png',
      'class0/test-1.png',
    ]);
  });

  it('compares two runs with the documented keys', async () => {
    const result = await fapt('compare', fap.id, cba.id, '--json');
    expect(result.code).toBe(0);
    const report = result.json() as unknown as CompareReport;
    expect(report).toMatchObject({ a: fap.id, b: cba.id });
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['a', 'b', 'natural', 'robust', 'verdict', 'configDifference']),
    );
    expect(report.robust).toMatchObject({ a: fap.robustAccuracy, b: cba.robustAccuracy, n: 18 });
    const { a, b, delta, mcnemar } = report.natural;
    expect(delta).toBeCloseTo(b - a, 12);
    expect((mcnemar.bOnly - mcnemar.aOnly) / 18).toBeCloseTo(delta, 12);
    expect(report.configDifference.map(({ path }) => path)).toEqual(['method', 'attack.loss']);
  });

  it('attacks a finished run again under another attack, and the same one only once', async () => {
    const again = ['eval', fap.id, '--steps', '2', '--eps', '8/255', '--subset', '6', '--json'];
    const first = runOf(await fapt(...again));
    expect(first).toMatchObject({
      n: 6,
      attack: { steps: 2, epsilon: 8 / 255, stepSize: 8 / 255 },
    });
    const blobs = await readdir(join(workspace, 'blobs'), { recursive: true });
    expect(runOf(await fapt(...again))).toEqual(first);
    expect(await readdir(join(workspace, 'blobs'), { recursive: true })).toEqual(blobs);
    const clean = runOf(await fapt('eval', fap.id, '--attack', 'none', '--json'));
    expect(clean).toMatchObject({ naturalAccuracy: fap.naturalAccuracy, naturalN: 18 });
  });

  it('explains one image as JSON, PNG and raw values', async () => {
    const out = join(folder, 'maps');
    const args = ['attribute', cba.id, '--example', 'class1/test-2.png', '--out', out, '--json'];
    const report = (await fapt(...args)).json();
    expect(report).toMatchObject({
      id: 'class1/test-2.png',
      label: 'green_dog',
      target: 'green_dog',
      grid: [4, 4],
      attackedRun: cba.id,
    });
    const { clean, adversarial } = report.image as Record<string, number[]>;
    expect([clean?.length, adversarial?.length]).toEqual([16, 16]);
    expect((report.tokens as string[]).slice(0, 2)).toEqual(['[1]', '[2]']);
    for (const file of report.files as string[]) expect(existsSync(file)).toBe(true);
    const distance = Math.hypot(...(clean ?? []).map((v, i) => v - (adversarial?.[i] ?? 0)));
    expect((report.drift as { imageL2: number }).imageL2).toBeCloseTo(distance, 5);
    const other = (await fapt(...args.slice(0, 4), '--class', 'red cat', '--json')).json();
    expect(other).toMatchObject({ label: 'green_dog', target: 'red_cat' });
  });

  it('predicts any image', async () => {
    const image = join(folder, 'data', 'images', 'class0', 'val-0.png');
    const report = (await fapt('predict', cba.id, image, '--json')).json();
    const [found] = report.predictions as { probabilities: number[]; probability: number }[];
    expect(found?.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(found?.probability).toBe(Math.max(...(found?.probabilities ?? [])));
  });

  it('stops at a step boundary on Ctrl-C and resumes to the very same weights', async () => {
    const options = [
      'run',
      '--method',
      'cba-fapt',
      ...IDENTITY,
      ...EPSILON,
      '--set',
      'epochs=20',
      '--no-eval',
      '--seed',
      '7',
    ];
    const whole = runOf(await fapt(...options, '--json'));
    const { child, done, id } = await startHeld('cba-fapt', options);
    child.kill('SIGINT');
    // npm passes the terminal's Ctrl-C on a second time; it must not end the work. Two of one kind at
    // once would come as one.
    child.kill('SIGTERM');
    expect((await done).code).toBe(130);
    const stopped = runOf(await fapt('show', id, '--json'));
    expect(stopped.status).toBe('stopped');
    expect(stopped.step).toBeGreaterThan(0);
    expect(stopped.step).toBeLessThan(60);
    const resumed = runOf(await fapt('resume', id, '--json'));
    expect(resumed).toMatchObject({ status: 'finished', step: 60 });
    expect(await hashOf(checkpoint(id))).toBe(await hashOf(checkpoint(whole.id)));
  });

  it('leaves a killed run as interrupted, and it can be resumed', async () => {
    const options = [
      'run',
      '--method',
      'fap',
      ...IDENTITY,
      '--set',
      'epochs=20',
      '--no-eval',
      '--seed',
      '9',
    ];
    const { child, done, id } = await startHeld('fap', options);
    child.kill('SIGKILL');
    await done;
    expect(runOf(await fapt('show', id, '--json')).status).toBe('interrupted');
    expect(runOf(await fapt('resume', id, '--json'))).toMatchObject({
      status: 'finished',
      step: 60,
    });
  });

  it('lists runs with n and attack beside every number', async () => {
    const runs = (await fapt('runs', '--json')).json().runs as RunReport[];
    expect(runs.map(({ id }) => id)).toContain(fap.id);
    const { stdout } = await fapt('runs');
    expect(stdout).toMatch(/natural \(n\).*robust \(n\).*attack/);
    expect(stdout).toMatch(new RegExp(`${cba.id}.*\\(18\\).*\\(18\\).*PGD-5 \\(ce\\), eps 4/255`));
  });
});
