import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { listEvaluations } from '../../../src/main/store/evaluations.ts';
import { listOutcomes } from '../../../src/main/store/outcomes.ts';
import type { ProtocolReport, ProtocolSlurmReport } from '../../../src/shared/api-protocol.ts';
import type { OpenedBundles } from '../../../src/shared/api-results.ts';
import { holdTraining } from '../fixtures/hold-training.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { type CliResult, runCli, sentences } from './run-cli.ts';

let folder: string;
let workspace: string;
const fapt = (...args: string[]) => runCli(workspace, args, { FAPT_THREADS: '1' });
const SMALL = ['--model', 'tiny', '--set', 'epochs=1', '--steps', '2', '--eps', '8/255'];
const TWO = ['--methods', 'zero-shot,fap', '--datasets', 'tiny', '--shots', '2', '--seeds', '1'];
const BASE_TO_NEW = ['protocol', 'base-to-new', ...TWO, ...SMALL];

/** A folder whose name bash and Slurm could misread. */
const array = (name: string) => join(folder, `of Anna's`, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-slurm-'));
  workspace = join(folder, 'workspace');
  const model = await writeTinyClip(join(folder, 'model'));
  const split = await writeTinyDataset(join(folder, 'data'));
  expect(await fapt('model', 'add', model)).toMatchObject({ code: 0 });
  expect(await fapt('dataset', 'add', split)).toMatchObject({ code: 0 });
});
afterAll(() => rm(folder, { recursive: true }));

const slurm = async (args: string[], out: string) =>
  (await fapt(...args, '--slurm', '--out', out, '--cpus', '1', '--json')).json()
    .slurm as ProtocolSlurmReport['slurm'];

/** Starts a task as Slurm does, from its own copy of the script and in another folder. */
async function startTask(out: string, task: number | null, more: NodeJS.ProcessEnv = {}) {
  const spool = join(folder, 'spool');
  await mkdir(spool, { recursive: true });
  const script = join(spool, 'slurm_script');
  await writeFile(script, await readFile(join(out, 'array.sh')));
  const { SLURM_ARRAY_TASK_ID: _, FAPT_WORKSPACE: __, ...inherited } = process.env;
  const own = task === null ? {} : { SLURM_ARRAY_TASK_ID: `${task}` };
  const env = { ...inherited, ...own, ...more };
  const child = spawn('bash', [script], { cwd: spool, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const done = new Promise<Omit<CliResult, 'json'>>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, done, stderr: () => stderr };
}
const runTask = async (out: string, task: number | null) => (await startTask(out, task)).done;

/** Every outcome of the last run of a report, as it is stored. */
function outcomes(where: string, { runs }: ProtocolReport) {
  const db = openDatabase(join(where, 'fapt.sqlite'), { readonly: true });
  try {
    const evaluations = listEvaluations(db, runs.at(-1)?.run ?? '');
    return evaluations.map(({ id, attack, classes }) => {
      const found = listOutcomes(db, id).map(({ perturbation: _, ...outcome }) => outcome);
      return { attack, classes, outcomes: found };
    });
  } finally {
    db.close();
  }
}

describe('fapt protocol --slurm', { timeout: 300_000 }, () => {
  it('makes a bundle a task', async () => {
    const out = array('base to new');
    const { tasks, gather } = await slurm(BASE_TO_NEW, out);
    expect(tasks.map(({ title }) => title)).toEqual([
      'Zero-shot CLIP, tiny, seed 1',
      'FAP, tiny, 2 shots, seed 1',
    ]);
    expect(gather).toBe(`fapt open '${folder}/of Anna'\\''s/base to new/bundles'`);
    for (const task of [1, 2]) {
      const { code, stderr } = await runTask(out, task);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    }
    expect(await readdir(join(out, 'bundles'))).toEqual(['1.faptrun', '2.faptrun']);
    expect(await readdir(join(out, 'work'))).toEqual([]);
  });

  it('brings the bundles together, with the numbers that the protocol makes here', async () => {
    const here = join(folder, 'here');
    await cp(workspace, here, { recursive: true });
    const bundles = join(array('base to new'), 'bundles');
    const open = async () =>
      (await fapt('open', bundles, '--json')).json() as unknown as OpenedBundles;
    const gathered = await open();
    expect(gathered.failures).toEqual([]);
    // Dataset and model are those of the workspace.
    for (const bundle of gathered.opened)
      expect(bundle).toMatchObject({ datasetsWithoutPictures: [], modelWithoutWeights: null });
    expect((await open()).known).toEqual(gathered.opened.map(({ file }) => file));

    const report = async (where: string, ...more: string[]) => {
      const env = { FAPT_THREADS: '1' };
      const result = await runCli(where, [...BASE_TO_NEW, ...more, '--json'], env);
      return result.json() as unknown as ProtocolReport;
    };
    const table = await report(workspace, '--no-run');
    expect(table.missing).toEqual([]);
    expect(table.runs.map(({ run }) => run)).toEqual(gathered.opened.map(({ run }) => run));
    const direct = await report(here);
    expect(direct.tables).toEqual(table.tables);
    expect(outcomes(here, direct)).toEqual(outcomes(workspace, table));
  });

  it('skips what is done, and refuses a task that is not there', async () => {
    const out = array('base to new');
    const done = await runTask(out, 1);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^Task 1 is done: .*1\.faptrun is there\.\n$/);
    expect(await runTask(out, 3)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no task 3/),
    });
    const bare = await runTask(out, null);
    expect(bare.code).not.toBe(0);
    expect(bare.stderr).toMatch(/submit this script with sbatch/);
    expect(await readdir(join(out, 'work'))).toEqual([]);
  });

  it('stops a run at the warning of Slurm, and goes on with it when submitted again', async () => {
    const out = array('long');
    const long = [...TWO, '--model', 'tiny', '--set', 'epochs=12', '--steps', '2'];
    await slurm(['protocol', 'few-shot', ...long, '--methods', 'fap'], out);
    const { child, done, stderr } = await startTask(out, 1, holdTraining('fap'));
    await expect.poll(stderr, { timeout: 240_000 }).toMatch(/^\[1\/1\] FAP/m);
    child.kill('SIGTERM');
    const stopped = await done;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/Task 1 is not done \(exit code 130\): submit the array again/);
    expect(await readdir(join(out, 'bundles'))).toEqual([]);
    expect(existsSync(join(out, 'work', '1', 'fapt.sqlite'))).toBe(true);
    const again = await runTask(out, 1);
    expect([again.code, again.code === 0 ? '' : again.stderr]).toEqual([0, '']);
    expect(await readdir(join(out, 'bundles'))).toEqual(['1.faptrun']);
  });

  it('leaves a task that fails without a bundle, and says why', async () => {
    const lost = await writeTinyDataset(join(folder, 'lost'));
    expect(await fapt('dataset', 'add', lost, '--name', 'lost')).toMatchObject({ code: 0 });
    const args = ['protocol', 'few-shot', '--methods', 'fap', '--datasets', 'lost', '--shots', '4'];
    const out = array('lost');
    await slurm([...args, '--seeds', '1', ...SMALL], out);
    await rm(join(folder, 'lost', 'images', 'class1', 'train-0.png'));
    const failed = await runTask(out, 1);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/train-0\.png/);
    expect(await readdir(join(out, 'bundles'))).toEqual([]);
  });

  it('gives every run of the plan one task, in words that make that run', async () => {
    const plan = ['ablation', '--datasets', 'tiny', '--switches', '--seeds', '2,1'];
    const more = ['--model', 'tiny', '--set', 'epochs=3', '--attack', 'apgd', '--subset', 'all'];
    const { tasks, written } = await slurm(
      ['protocol', ...plan, ...more, '--dry-run'],
      array('never'),
    );
    expect(written).toBe(false);
    // The eight rows of two seeds.
    expect(tasks).toHaveLength(16);
    const last = tasks.at(-1);
    const again = await slurm(['protocol', ...(last?.words ?? []), '--dry-run'], array('never'));
    expect(again.tasks).toEqual([last]);
    expect(existsSync(array('never'))).toBe(false);
  });

  it('tells Slurm what it is told, in a script that bash can read', async () => {
    const out = array('100% & $HOME');
    const resources = ['--partition', 'gpu,long', '--time', '2-12:30', '--memory', '16G'];
    const more = ['--cpus', '8', '--gpus', 'a100:1'];
    const args = [...BASE_TO_NEW, '--seeds', '7', '--slurm', '--out', out, ...resources, ...more];
    const dry = await fapt(...args, '--dry-run');
    expect(existsSync(out)).toBe(false);
    expect(await fapt(...args)).toMatchObject({ code: 0 });
    const script = await readFile(join(out, 'array.sh'), 'utf8');
    expect(dry.stdout).toContain(script.trimEnd());
    const options = script.split('\n').filter((line) => line.startsWith('#SBATCH'));
    expect(options).toEqual([
      '#SBATCH --job-name=fapt-base-to-new',
      '#SBATCH --array=1-2',
      `#SBATCH --output="${folder}/of Anna's/100%% & $HOME/logs/%a.txt"`,
      '#SBATCH --open-mode=append',
      '#SBATCH --ntasks=1',
      '#SBATCH --cpus-per-task=8',
      '#SBATCH --signal=B:TERM@120',
      '#SBATCH --partition=gpu,long',
      '#SBATCH --time=2-12:30',
      '#SBATCH --mem=16G',
      '#SBATCH --gpus=a100:1',
    ]);
    expect(script).toContain('export FAPT_THREADS=8\n');
    expect(existsSync(join(out, 'logs'))).toBe(true);
    await promisify(execFile)('bash', ['-n', join(out, 'array.sh')]);
  });

  it('writes nothing where every run is finished', async () => {
    const { tasks, finished, written } = await slurm(BASE_TO_NEW, array('nothing left'));
    expect({ tasks, finished, written }).toEqual({ tasks: [], finished: 2, written: false });
    expect(existsSync(array('nothing left'))).toBe(false);
  });
});

describe('what is no array', () => {
  it.each([
    [['--slurm', '--gpus', '4'], 2, /a run computes on one GPU/],
    [['--slurm', '--out', 'a"b'], 1, /without quotation marks/],
    [['--slurm', '--out', '.'], 1, /is not empty: submit the array that is there again/],
    [['--slurm', '--out', 'package.json'], 1, /package\.json is a file: choose another folder/],
  ] as [string[], number, RegExp][])('%j', async (words, code, sentence) => {
    const result = await fapt(...BASE_TO_NEW, ...words);
    expect([result.code, sentences(result).length]).toEqual([code, 1]);
    expect(result.stderr).toMatch(sentence);
  });
});
