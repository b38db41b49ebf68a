import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { cpus, hostname } from 'node:os';
import { join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { engineEnvironment } from './engine-environment.ts';
import { engineCacheFolder } from './library/cache-folder.ts';
import type { LaidLibrary } from './library/lay-library.ts';
import { nativePackage } from './library/native-package.ts';
import type { CommandResult } from './library/run-command.ts';
import { lastLine, runCommand } from './library/run-command.ts';
import { nodeBinary } from './node-binary.ts';

export type Probe = {
  tensorflow: string;
  /** `CPU`, or the GPU's name. */
  device: string;
  /** Why a CUDA build runs on the CPU; null elsewhere. */
  whyNoGpu: string | null;
};

/** Loads the binding alone and multiplies two matrices, large enough for the fast kernels. */
const script = `
const b = require(process.argv[1]);
const flag = (name) => ({ name, type: b.TF_ATTR_BOOL, value: false });
const type = { name: 'T', type: b.TF_ATTR_TYPE, value: b.TF_FLOAT };
const ones = b.createTensor([64, 64], b.TF_FLOAT, new Float32Array(4096).fill(1));
const [product] = b.executeOp(
  'MatMul', [flag('transpose_a'), flag('transpose_b'), type], [ones, ones], 1);
const right = b.tensorDataSync(product.id).every((value) => value === 64);
console.log(JSON.stringify({ version: b.TF_Version, gpu: b.isUsingGpuDevice(), right }));
`;

/**
 * Tries the native library in a child process, so that a missing symbol or an illegal instruction
 * ends that child and not this process. A success is remembered for this library, Node, processor
 * and GPU driver, and costs nothing the next time.
 * @throws FaptError `library-unusable`, one sentence with the reason
 */
export async function probeLibrary(
  laid: LaidLibrary,
  binding: string = nativePackage().binding,
): Promise<Probe> {
  const path = join(engineCacheFolder(), `probe-${await probeKey(laid)}.json`);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known) return JSON.parse(known) as Probe;
  const probe = await runProbe(laid, binding);
  await mkdir(engineCacheFolder(), { recursive: true });
  await writeFile(`${path}.${process.pid}`, JSON.stringify(probe));
  await rename(`${path}.${process.pid}`, path);
  return probe;
}

async function runProbe(laid: LaidLibrary, binding: string): Promise<Probe> {
  const result = await runCommand(nodeBinary(), ['-e', script, binding], {
    env: { ...process.env, ...engineEnvironment(1), TF_CPP_MIN_LOG_LEVEL: '0', NODE_OPTIONS: '' },
    timeoutMs: 120_000,
  });
  const answer = result.code === 0 ? parseAnswer(result.stdout) : null;
  if (!answer) throw unusable(failureOf(result));
  if (!answer.right) throw unusable('it multiplied two matrices wrongly');
  const device = answer.gpu ? gpuName(result.stderr) : 'CPU';
  const whyNoGpu = laid.variant === 'cuda' && !answer.gpu ? noGpuReason(result.stderr) : null;
  return { tensorflow: answer.version, device, whyNoGpu };
}

type Answer = { version: string; gpu: boolean; right: boolean };

function parseAnswer(stdout: string): Answer | null {
  try {
    return JSON.parse(lastLine(stdout)) as Answer;
  } catch {
    // The child printed something else: treated as a failed probe.
    return null;
  }
}

function unusable(reason: string): FaptError {
  return new FaptError('library-unusable', `The TensorFlow library does not run here: ${reason}`);
}

/** What a failed child died of, in words. */
export function failureOf(result: CommandResult): string {
  const text = result.stderr;
  if (result.signal === 'SIGILL' || /compiled to use \S+ instructions/.test(text)) {
    return 'this processor lacks an instruction set it needs (illegal instruction; AVX is required)';
  }
  if (result.signal) return `its process was ended by ${result.signal}`;
  const missing = text.match(/Error: (.*(cannot open shared object|undefined symbol|version `).*)/);
  if (missing?.[1]) return missing[1];
  return text.match(/^\w*Error: (.*)$/m)?.[1] ?? lastLine(text);
}

/** TensorFlow logs "Created device ... -> device: 0, name: NVIDIA H100, pci bus id: ...". */
export function gpuName(log: string): string {
  return log.match(/-> device: \d+, name: ([^,]+),/)?.[1] ?? 'GPU';
}

/** Why a CUDA build found no GPU; 303 is what it says where libcuda, the driver's part, is missing. */
export function noGpuReason(log: string): string {
  if (/Cannot dlopen some GPU libraries/.test(log)) {
    return 'a CUDA library could not be loaded; run "npm run setup:engine -- --cuda" again';
  }
  if (/cuInit.*\(303\)/.test(log)) return 'no NVIDIA driver is installed';
  const code = log.match(/CUDA_ERROR_\w+/)?.[0];
  return code ? `no usable NVIDIA GPU (${code})` : 'no NVIDIA GPU was found';
}

async function probeKey(laid: LaidLibrary): Promise<string> {
  const parts = [laid.seal, process.version, cpus()[0]?.model ?? '', process.arch];
  if (laid.variant === 'cuda') {
    const devices = await readdir('/dev').catch(() => []);
    parts.push(hostname(), process.env.CUDA_VISIBLE_DEVICES ?? '');
    parts.push(devices.filter((name) => name.startsWith('nvidia')).join(' '));
    parts.push(await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => ''));
  }
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
