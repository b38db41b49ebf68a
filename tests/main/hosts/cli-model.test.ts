import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../../../src/engine/clip/safetensors.ts';
import type { RunReport } from '../../../src/shared/api-results.ts';
import type { ModelOrigin, WeightReport } from '../../../src/shared/model-weights.ts';
import { GOLDEN_MODEL } from '../../engine/support/golden.ts';
import { rawF32, safetensorsBytes } from '../../engine/support/safetensors-bytes.ts';
import { writeTokenizer } from '../../engine/support/tokenizer-file.ts';
import { writeTinyClip } from '../fixtures/tiny-clip.ts';
import { writeTinyDataset } from '../fixtures/tiny-dataset.ts';
import { startFileServer } from '../models/file-server.ts';
import { type CliResult, runCli, sentences } from './run-cli.ts';

const WEIGHTS = join(import.meta.dirname, '../../fixtures/weights');

let folder: string;
let workspace: string;
const fapt = (...args: string[]) => runCli(workspace, args);
const done = async (result: Promise<CliResult>) => {
  const finished = await result;
  expect(finished.stderr + finished.code).toMatch(/0$/);
  return finished;
};
type Model = {
  path: string;
  sha256: string;
  report: { origin?: ModelOrigin; selfTest?: { logits: number[] } };
};
const model = async (result: Promise<CliResult>) => (await done(result)).json() as unknown as Model;

beforeAll(async () => {
  // Spaces, an accent and another script: nothing here may mind them.
  folder = await mkdtemp(join(tmpdir(), 'fapt modèle 测试 '));
  workspace = join(folder, 'work space');
  await done(fapt('model', 'add', await writeTinyClip(join(folder, 'tiny'))));
  const split = await writeTinyDataset(join(folder, 'data'), { classNames: ['a', 'b', 'c'] });
  await done(fapt('dataset', 'add', split));
});
afterAll(() => rm(folder, { recursive: true }));

describe('fapt model', () => {
  it('adds a TorchScript file: written anew into the workspace, tried, with its origin', async () => {
    const own = join(folder, 'x'.repeat(240));
    await mkdir(own);
    const file = join(own, `${'y'.repeat(240)}.pt`);
    await copyFile(join(WEIGHTS, 'clip-jit.pt'), file);
    const heads = { num_attention_heads: 2 };
    await writeFile(
      join(own, 'config.json'),
      JSON.stringify({ vision_config: heads, text_config: heads }),
    );
    await writeTokenizer(own);
    const added = await model(fapt('model', 'add', file, '--json'));
    expect(added.path.startsWith(join(workspace, 'models'))).toBe(true);
    expect((await readdir(added.path)).sort()).toEqual(['model.safetensors', 'tokenizer.json']);
    expect(added.report.origin).toMatchObject({ source: file, role: 'clip', base: null });
    expect(added.report.origin?.sha256).not.toBe(added.sha256);
    expect(added.report.selfTest?.logits).toHaveLength(6);
    const shown = await done(fapt('model', 'show', 'y'.repeat(240)));
    expect(shown.stdout).toMatch(/made {9}from .*\(sha256 [0-9a-f]{12}\)/);
    expect(shown.stdout).toContain('self-test');
  });

  it('puts a fine-tuned image tower on a base; its role stands beside every run', async () => {
    const other = await writeTinyClip(join(folder, 'other'), 2);
    const file = await openSafetensors(other);
    const tensors: Record<string, ReturnType<typeof rawF32>> = {};
    for (const [name, { shape }] of file.entries) {
      if (!name.startsWith('visual.')) continue;
      tensors[`vision_encoder_state_dict.${name.slice(7)}`] = rawF32(shape, await file.read(name));
    }
    await file.close();
    const tower = join(folder, 'tecoa.safetensors');
    await writeFile(tower, safetensorsBytes(tensors));
    const without = await fapt('model', 'add', tower);
    expect(without).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(without).at(-1)).toMatch(/--base NAME --role image-tower/);
    expect(await fapt('model', 'add', tower, '--base', 'tiny')).toMatchObject({ code: 2 });
    const args = ['--base', 'tiny', '--role', 'image-tower', '--json'];
    const added = await model(fapt('model', 'add', tower, ...args));
    expect(added.report.origin).toMatchObject({ role: 'image-tower', base: { name: 'tiny' } });
    const listed = await done(fapt('model', 'list'));
    expect(listed.stdout).toMatch(/tecoa +openai .* image-tower/);
    const run = await done(
      fapt(
        'run',
        '--method',
        'zero-shot',
        '--dataset',
        'tiny',
        '--model',
        'tecoa',
        '--shots',
        '1',
        '--no-eval',
        '--strict',
        '--json',
      ),
    );
    const { warnings } = run.json().run as RunReport;
    expect(warnings).toEqual([
      {
        code: 'image-tower',
        message: expect.stringMatching(
          /"tecoa" has a fine-tuned image tower \(tecoa\.safetensors, sha256 [0-9a-f]{12}\) on tiny/,
        ),
      },
    ]);
  });

  it('lists what does not fit, and adds nothing of it', async () => {
    const broken = join(folder, 'broken.safetensors');
    const file = await openSafetensors(join(folder, 'tiny', 'tiny.safetensors'));
    const tensors: Record<string, ReturnType<typeof rawF32>> = {};
    for (const [name, { shape }] of file.entries)
      tensors[name] = rawF32(shape, await file.read(name));
    await file.close();
    delete tensors['ln_final.bias'];
    tensors['visual.ln_post.weight'] = rawF32([63], new Array(63).fill(1));
    await writeFile(broken, safetensorsBytes(tensors));
    const report = (
      await done(fapt('model', 'inspect', broken, '--json'))
    ).json() as unknown as WeightReport;
    expect(report.rows).toEqual([
      { name: 'visual.ln_post.weight', wanted: [64], found: [63], problem: 'shape' },
      { name: 'ln_final.bias', wanted: [64], found: null, problem: 'missing' },
    ]);
    const table = (await done(fapt('model', 'inspect', broken))).stdout;
    expect(table).toMatch(/visual\.ln_post\.weight +\[64\] +\[63\] +shape/);
    const refused = await fapt('model', 'add', broken);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(refused)).toEqual([
      expect.stringMatching(
        /"ln_final\.bias" \(and 1 more: the report of the weights lists them, "fapt model inspect/,
      ),
    ]);
    expect((await done(fapt('model', 'list'))).stdout).not.toContain('broken');
  });

  it('refuses a pickle that asks for code, in one sentence', async () => {
    const refused = await fapt('model', 'add', join(WEIGHTS, 'refused.pt'));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(refused)).toEqual([
      expect.stringMatching(/refused\.pt is refused.*posix\.system/),
    ]);
  });

  it('without a network, says so; the mirror is remembered', async () => {
    const server = await startFileServer();
    const dead = server.url;
    await server.close();
    expect((await done(fapt('model', 'mirror', dead, '--json'))).json()).toEqual({ mirror: dead });
    const failed = await fapt('model', 'download', 'openai/clip-vit-base-patch32');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(failed)).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached/),
    ]);
    await done(fapt('model', 'mirror', '--none'));
    expect((await done(fapt('model', 'mirror', '--json'))).json()).toEqual({ mirror: null });
  });
});

describe('fapt model import-prompts', () => {
  it('makes a finished run of official prompts, which is evaluated as any other', async () => {
    const golden = join(folder, 'golden');
    await mkdir(golden);
    for (const name of ['model.safetensors', 'config.json']) {
      await copyFile(join(GOLDEN_MODEL, name), join(golden, name));
    }
    await writeTokenizer(golden);
    await done(fapt('model', 'add', golden));
    const file = join(WEIGHTS, 'fap.pth.tar-10');
    const identity = ['--method', 'fap', '--model', 'golden', '--dataset', 'tiny'];
    const run = (await done(fapt('model', 'import-prompts', file, ...identity, '--json'))).json()
      .run as RunReport;
    expect(run).toMatchObject({ status: 'finished', method: 'fap', shots: 16, seed: 1 });
    expect(run.statusReason).toMatch(/imported from fap\.pth\.tar-10 \(sha256 [0-9a-f]{12}\)/);
    expect(run.warnings.map(({ code }) => code)).toEqual(['imported']);
    expect(
      (await readdir(join(workspace, 'runs'))).filter((name) => name.startsWith('import')),
    ).toEqual([]);
    const evaluated = (await done(fapt('eval', run.id, '--steps', '2', '--json'))).json()
      .run as RunReport;
    expect(evaluated.naturalN).toBe(18);
    expect(evaluated.robustAccuracy).not.toBeNull();

    const wrong = await fapt(
      'model',
      'import-prompts',
      file,
      '--method',
      'advvlp',
      '--model',
      'golden',
      '--dataset',
      'tiny',
    );
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(sentences(wrong)).toEqual([expect.stringMatching(/fap\.pth\.tar-10 does not fit/)]);
    expect((await done(fapt('runs', '--json'))).json().runs).toHaveLength(2);
    expect(await readFile(join(workspace, 'runs', run.id, 'checkpoint.safetensors'))).toBeTruthy();
  });
});
