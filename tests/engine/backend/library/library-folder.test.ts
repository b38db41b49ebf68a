import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { libraryFolder } from '../../../../src/engine/backend/library/library-folder.ts';
import { librarySpecs } from '../../../../src/engine/backend/library/library-spec.ts';

/** Stands in for pip: each download adds a line to `calls` and lays a small wheel. */
let root: string;
let cache: string;
const spec = librarySpecs.cpu;
const realPath = process.env.PATH ?? '';

const wheelEntries = {
  'tensorflow/libtensorflow_cc.so.2': 'the library',
  'tensorflow/libtensorflow_framework.so.2': 'the framework',
  'tensorflow/include/tensorflow/c/c_api.h': 'a header',
  'tensorflow/python/big.py': 'not wanted',
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fapt-library-'));
  cache = join(root, 'cache');
  const wheel = join(root, 'made.whl');
  const make = [
    'import json, sys, zipfile',
    'with zipfile.ZipFile(sys.argv[1], "w") as wheel:',
    '    for name, text in json.loads(sys.argv[2]).items(): wheel.writestr(name, text)',
  ].join('\n');
  await promisify(execFile)('python3', ['-c', make, wheel, JSON.stringify(wheelEntries)]);
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v python3']);
  await writePython(
    `case "$*" in
  *" download "*)
    echo "$*" >> ${root}/calls
    while [ "$1" != --dest ]; do shift; done
    cp ${wheel} "$2/" ;;
  *--version) exit 0 ;;
  *) exec ${stdout.trim()} "$@" ;;
esac`,
  );
});

afterEach(() => vi.unstubAllEnvs());

async function writePython(body: string): Promise<void> {
  await writeFile(join(root, 'python3'), `#!/bin/sh\n${body}\n`);
  await chmod(join(root, 'python3'), 0o755);
  vi.stubEnv('PATH', `${root}:${realPath}`);
}

const downloads = async () =>
  (await readFile(join(root, 'calls'), 'utf8').catch(() => '')).split('\n').length - 1;

it('fetches once, keeps what the engine needs, and leaves no drafts', async () => {
  const log = vi.fn();
  const folder = await libraryFolder(spec, cache, false, log);
  expect(await libraryFolder(spec, cache, false, log)).toBe(folder);
  expect(await libraryFolder(spec, cache, true, log)).toBe(folder);
  expect(await downloads()).toBe(1);
  expect(log.mock.calls).toEqual([[`Fetching TensorFlow 2.19.1 (cpu, 250 MB) to ${folder}`]]);
  expect(await readFile(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe(
    'the library',
  );
  await expect(stat(join(folder, 'tensorflow/python/big.py'))).rejects.toThrow();
  const { stdout } = await promisify(execFile)('ls', [cache]);
  expect(stdout.trim()).toBe('2.19.1-cpu');
});

it('asks pip to check the pinned checksum', async () => {
  await libraryFolder(spec, cache, false, () => {});
  const call = await readFile(join(root, 'calls'), 'utf8');
  expect(call).toContain('--require-hashes');
  expect(spec.wheels[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

it('finds a half-fetched library by its checksum and fetches it again', async () => {
  const folder = await libraryFolder(spec, cache, false, () => {});
  await truncate(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 4);
  const log = vi.fn();
  await libraryFolder(spec, cache, false, log);
  expect(await downloads()).toBe(2);
  expect(log.mock.calls[0]?.[0]).toContain('is broken (tensorflow/libtensorflow_cc.so.2)');
  expect(await readFile(join(folder, 'tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe(
    'the library',
  );
});

it('says what pip said, and leaves nothing behind, where the download fails', async () => {
  await writePython(
    'case "$*" in *" download "*) echo "ERROR: No route to host" >&2; exit 1;; esac',
  );
  await expect(libraryFolder(spec, cache, false, () => {})).rejects.toThrow(
    'pip could not download TensorFlow 2.19.1 (ERROR: No route to host); check the network',
  );
  const { stdout } = await promisify(execFile)('ls', [cache]);
  expect(stdout).toBe('');
});

it('names the remedy where Python has no pip', async () => {
  await writePython('exit 1');
  // Only the folder of the stand-in: no other Python may be found.
  vi.stubEnv('PATH', root);
  await expect(libraryFolder(spec, cache, false, () => {})).rejects.toThrow(
    'apt-get install python3 python3-pip',
  );
});
