import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunPrompts } from '../../../src/shared/api/prompts.ts';
import type { RunDocument } from '../../../src/shared/api-results.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli } from './run-cli.ts';

let folder: string;
const fapt = (...args: string[]) => runCli(join(folder, 'workspace'), args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-prompts-'));
  const model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  expect(await fapt('dataset', 'add', split)).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true }));

async function runOf(method: string, ...settings: string[]): Promise<string> {
  const identity = ['--dataset', 'tiny', '--model', 'tiny', '--method', method, '--shots', '2'];
  const set = settings.flatMap((one) => ['--set', one]);
  const result = await fapt('run', ...identity, ...set, '--no-eval', '--json');
  expect(result.code, result.stderr).toBe(0);
  return (result.json() as unknown as RunDocument).run.id;
}

describe('fapt prompts', () => {
  it('tells words, drift and matrices of a coupled learner', async () => {
    const id = await runOf('fap', 'epochs=1');
    const { code, stdout, stderr } = await fapt('prompts', id, '--nearest', '2');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('nearest by cosine');
    expect(stdout).toContain('image tower');
    expect(stdout).toContain('project.1.weight');
    const report = (await fapt('prompts', id, '--json')).json() as unknown as RunPrompts;
    expect(report).toMatchObject({ run: id, method: 'fap', startKnown: true, vocabulary: 190 });
    expect(report.vectors[0]?.nearest?.cosine).toHaveLength(5);
  });

  it('shows the context of a class that has its own, and knows the classes', async () => {
    const contexts = ['prompts.classSpecific=true', 'prompts.contextLength=2', 'batchSize=4'];
    const id = await runOf('coop', 'epochs=1', ...contexts);
    const other = await fapt('prompts', id, '--class', 'blue_fish');
    expect(other.code, other.stderr).toBe(0);
    expect(other.stdout).toContain('the context of "blue_fish" of 3');
    const unknown = await fapt('prompts', id, '--class', 'blue_fsh');
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.stderr).toContain('blue_fish');
  });

  it('says in a sentence that zero-shot CLIP has nothing to show', async () => {
    const { code, stderr } = await fapt('prompts', await runOf('zero-shot'));
    expect(code).toBe(1);
    expect(stderr).toContain('Zero-shot CLIP learns no prompt');
  });

  it('refuses a number of words that is none', async () => {
    expect(await fapt('prompts', 'x', '--nearest', '99')).toMatchObject({ code: 2 });
  });
});
