import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { BackendInfo } from '../../../src/engine/backend/start-backend.ts';

const fixture = fileURLToPath(new URL('../../fixtures/backend/start.ts', import.meta.url));

type Started = {
  info: BackendInfo;
  logged: string[];
  gflops: number;
  selfTest: { passed: boolean; failures: string[] };
  intraOpThreads: string | undefined;
};

/** A process of its own: TensorFlow reads its settings once, and writes past `console`. */
async function start(options: object, env: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [fixture, JSON.stringify(options), 'speed'],
    { env: { ...process.env, ...env } },
  );
  const lines = stdout.trim().split('\n');
  return { result: JSON.parse(lines.at(-1) ?? '') as Started, lines, stderr };
}

it('starts TensorFlow, quietly, on the threads asked for', async () => {
  const { result, lines, stderr } = await start({ prefer: 'tensorflow', threads: 1 });
  expect(result.info).toEqual({
    backend: 'tensorflow',
    tensorflow: '2.19.1',
    device: 'CPU',
    threads: 1,
    reason: null,
  });
  expect(result.intraOpThreads).toBe('1');
  expect(result.selfTest).toEqual({ passed: true, failures: [] });
  expect(result.gflops).toBeGreaterThan(0);
  expect(lines).toHaveLength(1);
  expect(stderr).toBe('');
});

it('starts WebAssembly where it is asked for, with nothing on the log', async () => {
  const { result, lines, stderr } = await start({ prefer: 'wasm' });
  expect(result.info.backend).toBe('wasm');
  expect(result.info.threads).toBe(1);
  expect(result.selfTest.failures).toEqual([]);
  expect(result.logged).toEqual([]);
  expect(lines).toHaveLength(1);
  expect(stderr).toBe('');
});

it('keeps to the threads that its parent spawned it with', async () => {
  const env = { TF_NUM_INTRAOP_THREADS: '1' };
  const { result } = await start({ prefer: 'tensorflow' }, env);
  expect(result.info.threads).toBe(1);
  expect(result.intraOpThreads).toBe('1');
});
