import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LaidLibrary } from '../../../src/engine/backend/library/lay-library.ts';
import { gpuName, noGpuReason, probeLibrary } from '../../../src/engine/backend/probe-library.ts';

/** Scripts stand in for the native binding: each dies in one of the ways real ones do. */
let folder: string;
const laid: LaidLibrary = {
  version: '2.19.1',
  variant: 'cpu',
  folder: null,
  seal: 'a-b',
  binding: { sizeBytes: 1, modifiedMs: 1 },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapt-probe-'));
  vi.stubEnv('FAPT_CACHE', folder);
});
afterEach(() => vi.unstubAllEnvs());

async function binding(script: string): Promise<string> {
  const path = join(folder, 'binding.cjs');
  await writeFile(path, script);
  return path;
}

const working = (value: number) => `module.exports = {
  createTensor: () => 1, executeOp: () => [{ id: 2 }], tensorDataSync: () => [${value}],
  TF_Version: '2.19.1', isUsingGpuDevice: () => false };`;

describe('a library that does not run here', () => {
  const deaths = [
    ["process.kill(process.pid, 'SIGILL')", 'illegal instruction'],
    ["process.kill(process.pid, 'SIGSEGV')", 'its process was ended by SIGSEGV'],
    [
      "console.error('F The TensorFlow library was compiled to use AVX instructions, but these " +
        "are not available on your machine.'); process.abort()",
      'AVX is required',
    ],
    [
      "throw new Error('libtensorflow_cc.so.2: cannot open shared object file')",
      'libtensorflow_cc.so.2: cannot open shared object file',
    ],
    ["throw new Error('x.node: undefined symbol: TFE_NewOp')", 'undefined symbol: TFE_NewOp'],
    [working(3), 'it multiplied two matrices wrongly'],
  ] as const;

  it.each(deaths)('ends in a sentence: %s', async (script, reason) => {
    const attempt = probeLibrary(laid, await binding(script));
    await expect(attempt).rejects.toThrow(/^The TensorFlow library does not run here: /);
    await expect(attempt).rejects.toThrow(reason);
  });

  it('is tried again after a failure', async () => {
    await expect(probeLibrary(laid, await binding('process.exit(1)'))).rejects.toThrow();
    expect((await probeLibrary(laid, await binding(working(64)))).device).toBe('CPU');
  });
});

it('remembers a success for the same library only', async () => {
  const probe = { tensorflow: '2.19.1', device: 'CPU', whyNoGpu: null };
  expect(await probeLibrary(laid, await binding(working(64)))).toEqual(probe);
  const broken = await binding('process.exit(1)');
  expect(await probeLibrary(laid, broken)).toEqual(probe);
  await expect(probeLibrary({ ...laid, seal: 'c-d' }, broken)).rejects.toThrow();
});

it('says why a CUDA build runs on the CPU', async () => {
  const script = `console.error('E failed call to cuInit: CUDA_ERROR_NO_DEVICE: no device');`;
  const probe = await probeLibrary(
    { ...laid, variant: 'cuda' },
    await binding(script + working(64)),
  );
  expect(probe.device).toBe('CPU');
  expect(probe.whyNoGpu).toBe('no usable NVIDIA GPU (CUDA_ERROR_NO_DEVICE)');
  expect(noGpuReason('failed call to cuInit: INTERNAL: UNKNOWN ERROR (303)')).toBe(
    'no NVIDIA driver is installed',
  );
  expect(noGpuReason('W Cannot dlopen some GPU libraries. Please')).toContain('setup:engine');
});

it("reads the GPU's name from TensorFlow's log", () => {
  const line =
    'I Created device /job:localhost/device:GPU:0 with 78809 MB memory:  -> device: 0, name: ' +
    'NVIDIA H100 80GB HBM3, pci bus id: 0000:00:05.0, compute capability: 9.0';
  expect(gpuName(line)).toBe('NVIDIA H100 80GB HBM3');
});
