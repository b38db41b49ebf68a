import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cacheFolder } from '../../../src/engine/backend/library/cache-folder.ts';
import type { BackendInfo } from '../../../src/engine/backend/start-backend.ts';

/**
 * An installation whose native package is as npm unpacked it: its own folder of node_modules,
 * every other package a link. No Python is on the path, so nothing can be downloaded.
 */
const repository = fileURLToPath(new URL('../../../', import.meta.url));
const nativeName = 'tfjs-node-gpu';
let root: string;

async function linkAll(from: string, to: string, except: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name !== except && name !== '.vite') await symlink(join(from, name), join(to, name));
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fapt-first-use-'));
  const modules = join(repository, 'node_modules');
  await linkAll(modules, join(root, 'node_modules'), '@tensorflow');
  const tensorflow = join(root, 'node_modules', '@tensorflow');
  await linkAll(join(modules, '@tensorflow'), tensorflow, nativeName);
  const native = join(modules, '@tensorflow', nativeName);
  for (const part of ['package.json', 'binding', 'dist', 'scripts']) {
    await cp(join(native, part), join(tensorflow, nativeName, part), { recursive: true });
  }
  for (const part of ['package.json', 'src/engine/backend', 'src/shared', 'scripts']) {
    await cp(join(repository, part), join(root, part), { recursive: true });
  }
  await cp(join(repository, 'tests/fixtures/backend'), join(root, 'tests/fixtures/backend'), {
    recursive: true,
  });
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** Runs a script of the copy without anything on the path. */
async function runInCopy(script: string, args: string[], cache: string) {
  const env = { PATH: join(root, 'empty'), HOME: root, FAPT_CACHE: cache };
  const run = promisify(execFile)(process.execPath, [join(root, script), ...args], { env });
  return run.then(
    (result) => ({ code: 0, ...result }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

async function startInCopy(cache: string) {
  const { stdout, stderr } = await runInCopy('tests/fixtures/backend/start.ts', ['{}'], cache);
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as {
    info: BackendInfo;
    logged: string[];
    selfTest: { passed: boolean };
  };
}

it('falls back to WebAssembly with one sentence where the library cannot be had', async () => {
  const started = await startInCopy(join(root, 'cache'));
  expect(started.info.backend).toBe('wasm');
  expect(started.info.reason).toContain('Python 3 with pip');
  expect(started.selfTest.passed).toBe(true);
  const fallbacks = started.logged.filter((sentence) => sentence.includes('WebAssembly'));
  expect(fallbacks).toEqual([`Running on the slower WebAssembly backend: ${started.info.reason}`]);
});

it('does not wait for another attempt minutes after one failed', async () => {
  const cache = join(root, 'cache');
  await startInCopy(cache);
  const { logged } = await startInCopy(cache);
  expect(logged).toHaveLength(1);
});

it('does not fail an installation, but fails when it was called by name', async () => {
  const cache = join(root, 'cache');
  const early = await runInCopy('scripts/setup-engine.ts', ['--from-install'], cache);
  expect(early.code).toBe(0);
  expect(early.stderr).toContain('Python 3 with pip');
  expect((await runInCopy('scripts/setup-engine.ts', [], cache)).code).toBe(1);
});

const isSupported = process.platform === 'linux' && process.arch === 'x64';

it.runIf(isSupported)(
  'takes library and binding from the cache on a second installation',
  async () => {
    // No Python and no compiler are on the path: all of it must come from what was kept.
    const { info, logged } = await startInCopy(cacheFolder());
    expect(info.reason).toBe(null);
    expect(info.backend).toBe('tensorflow');
    expect(logged).toEqual([]);
  },
);
