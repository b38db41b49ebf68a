import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { runCli, sentences } from './run-cli.ts';

let folder: string;
let workspace: string;
let model: string;
const fapt = (...args: string[]) => runCli(workspace, args);
const run = (dataset: string, ...more: string[]) =>
  fapt('run', '--method', 'fap', '--dataset', dataset, '--model', 'tiny', '--shots', '4', ...more);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-bad-'));
  workspace = join(folder, 'workspace');
  model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  const long = 'a class name that goes on and on until no model can read it';
  const longSplit = await writeTinyDataset(join(folder, 'long'), { classNames: [long, 'b', 'c'] });
  const untestedSplit = await writeTinyDataset(join(folder, 'untested'), { test: 0 });
  const emptySplit = await writeTinyDataset(join(folder, 'empty'), { train: 0 });
  for (const args of [
    ['model', 'add', model],
    ['dataset', 'add', split],
    ['dataset', 'add', longSplit, '--name', 'long'],
    ['dataset', 'add', emptySplit, '--name', 'empty'],
    ['dataset', 'add', untestedSplit, '--name', 'untested'],
  ]) {
    expect(await fapt(...args)).toMatchObject({ code: 0 });
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Fails with this code and one sentence, prints nothing on stdout, and stores no run. */
async function expectRefusal(result: ReturnType<typeof fapt>, code: number, sentence: RegExp) {
  const done = await result;
  const lines = sentences(done).filter((line) => !line.startsWith('run '));
  expect(lines.at(-1)).toMatch(sentence);
  expect(done).toMatchObject({ code, stdout: '' });
  expect(lines.filter((line) => !line.startsWith('Warning'))).toHaveLength(1);
  expect((await fapt('runs', '--json')).json()).toEqual({ runs: [] });
}

describe('bad input', () => {
  it.each([
    [['run', '--method', 'fapp'], /fapp.*zero-shot, coop, .*fap, cba-fapt/],
    [['run', '--methods', 'fap'], /unknown option/],
    [['run', '--method', 'fap', '--dataset', 'tiny'], /needs --model/],
    [
      ['run', '--method', 'fap', '--dataset', 'tiny', '--model', 'tiny', '--set', 'los.alpha=1'],
      /near it are loss\.alpha/,
    ],
    [['eval', 'x', '--eps', '4'], /must be from 0 to 1, as in 4\/255, not 4/],
    [['compare', 'x'], /Give two runs, A and B/],
    [['demo', '--seeds', '1,1'], /twice/],
    [['fly'], /unknown command/],
    [['runs', '--workspace', ''], /--workspace is empty/],
    [['model', 'add', 'x', '--name', ' '], /--name is empty/],
    [['dataset', 'add', 'x', '--name', ''], /--name is empty/],
  ])('%j is wrong usage', async (args, sentence) => {
    await expectRefusal(fapt(...args), 2, sentence);
  });

  it.each([
    [['demo', '--out', 'SPLIT'], /tiny\.json is a file: give the name of a folder/],
    [['dataset', 'export', 'tiny', '--out', 'FOLDER'], /data is a folder: give the name of a file/],
    [['export', 'report', '--a', 'x', '--b', 'y', '--out', 'FOLDER'], /data is a folder/],
    [['export', 'images', 'x', '--out', 'SPLIT'], /tiny\.json is a file/],
    [['attribute', 'x', '--all', '--out', 'SPLIT/maps'], /since .*tiny\.json is a file/],
    [['open', 'SPLIT/none.faptrun'], /There is no file .*none\.faptrun: check the path/],
  ])('%j is refused before any work', async (words, sentence) => {
    const data = join(folder, 'data');
    const args = words.map((word) =>
      word.replace('SPLIT', join(data, 'tiny.json')).replace('FOLDER', data),
    );
    await expectRefusal(fapt(...args), 1, sentence);
  });

  it('names a weight file that is missing, and adds nothing', async () => {
    const path = join(folder, 'none.safetensors');
    await expectRefusal(fapt('model', 'add', path), 1, /none\.safetensors/);
    expect((await fapt('model', 'list', '--json')).json().models).toHaveLength(1);
  });

  it('names a weight file that is cut, and adds nothing', async () => {
    const path = join(folder, 'model', 'cut.safetensors');
    const whole = await readFile(model);
    await writeFile(path, whole.subarray(0, whole.length - 1000));
    await expectRefusal(fapt('model', 'add', path), 1, /cut\.safetensors/);
    expect((await fapt('model', 'list', '--json')).json().models).toHaveLength(1);
  });

  it('refuses weights that were cut after they were added', async () => {
    const whole = await readFile(model);
    await writeFile(model, whole.subarray(0, whole.length - 1000));
    await expectRefusal(run('tiny'), 1, /changed since it was added/);
    await writeFile(model, whole);
  });

  it('says that there is nothing to train on', async () => {
    await expectRefusal(run('empty'), 1, /"empty" has no training image/);
  });

  it('says that there is nothing to test on, before anything is trained', async () => {
    await expectRefusal(run('untested'), 1, /"untested" has no test image: add one whose split/);
  });

  it('refuses a text past the context length', async () => {
    await expectRefusal(run('long', '--no-eval'), 1, /goes on and on.*40/s);
    expect(existsSync(join(workspace, 'runs'))).toBe(true);
  });

  it.each(['train-2.png', 'test-1.png'])(
    'refuses a missing %s before anything is stored',
    async (name) => {
      const image = join(folder, 'data', 'images', 'class1', name);
      const bytes = await readFile(image);
      await rm(image);
      const sentence = new RegExp(`1 file of tiny missing, first: .*${name}: put them back`);
      await expectRefusal(run('tiny'), 1, sentence);
      await writeFile(image, bytes);
    },
  );

  it('makes shortfalls errors only with --strict', async () => {
    await expectRefusal(run('tiny', '--shots', '5', '--strict'), 1, /A strict run is refused/);
    const done = await run('tiny', '--shots', '5', '--no-eval', '--set', 'epochs=1', '--json');
    expect(done.code).toBe(0);
    const { warnings } = done.json().run as { warnings: { code: string; message: string }[] };
    expect(warnings.map(({ code }) => code)).toContain('short-classes');
    expect(warnings[0]?.message).toMatch(/3 of 3 classes/);
  });

  it('says which runs, models and datasets there are', async () => {
    expect(await fapt('show', 'nope')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/fapt runs/),
    });
    expect(await run('nope')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there are .*tiny/),
    });
  });
});
