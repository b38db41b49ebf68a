import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { messageOf } from '../../shared/errors.ts';
import { engineEnvironment } from './engine-environment.ts';
import { ensureEngineLibrary } from './library/ensure-engine-library.ts';
import { nativePackage, packageFolder } from './library/native-package.ts';
import { restoreUtilFunctions } from './node-shims.ts';
import type { Probe } from './probe-library.ts';
import { probeLibrary } from './probe-library.ts';
import { replaceTensorflowKernels } from './tensorflow-kernels.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

export type BackendInfo = {
  backend: 'tensorflow' | 'wasm';
  /** TensorFlow's version; null on WebAssembly. */
  tensorflow: string | null;
  /** `CPU`, or the GPU's name. */
  device: string;
  threads: number;
  /** Why it is not what was hoped for: not TensorFlow, or a CUDA build on the CPU. */
  reason: string | null;
};

export type BackendOptions = {
  prefer?: 'tensorflow' | 'wasm';
  /** Default: what the parent spawned us with, else all. Fixed once TensorFlow is loaded. */
  threads?: number;
  log?: (sentence: string) => void;
};

/**
 * Starts the numeric backend of this process: TensorFlow's native library, set up now where that
 * has not happened, else WebAssembly, which one log sentence says with the reason. Afterwards
 * `@tensorflow/tfjs-core`, the only tfjs package that other engine code imports, runs on it, with
 * all gradients registered.
 * @throws Error where not even WebAssembly starts
 */
export async function startBackend(options: BackendOptions = {}): Promise<BackendInfo> {
  const log = options.log ?? (() => {});
  const threads = options.threads ?? threadsOfParent() ?? availableParallelism();
  if (options.prefer === 'wasm') return startWasm('WebAssembly was asked for');
  try {
    const laid = await ensureEngineLibrary({ firstUse: true, log });
    return await startTensorflow(await probeLibrary(laid), threads);
  } catch (error) {
    const reason = messageOf(error);
    log(`Running on the slower WebAssembly backend: ${reason}`);
    return startWasm(reason);
  }
}

async function startTensorflow(probe: Probe, threads: number): Promise<BackendInfo> {
  restoreUtilFunctions();
  for (const [name, value] of Object.entries(engineEnvironment(threads))) {
    // A process started by hand gets what a parent would have set; `threads` has been decided.
    if (/THREADS$/.test(name) || process.env[name] === undefined) process.env[name] = value;
  }
  const require = createRequire(import.meta.url);
  const native = require('@tensorflow/tfjs-node-gpu') as { engine: typeof tf.engine };
  assertSameCore(native.engine);
  replaceTensorflowKernels();
  await tf.setBackend('tensorflow');
  const { tensorflow, device, whyNoGpu } = probe;
  return { backend: 'tensorflow', tensorflow, device, threads, reason: whyNoGpu };
}

function threadsOfParent(): number | null {
  const threads = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return Number.isInteger(threads) && threads > 0 ? threads : null;
}

/** Node gives WebAssembly one thread: tfjs turns its workers off there (tensorflow/tfjs#3830). */
async function startWasm(reason: string): Promise<BackendInfo> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const { folder } = nativePackage();
  // The gradients and chained ops come with the union package that the native package depends on.
  const union = createRequire(join(folder, 'package.json'))('@tensorflow/tfjs') as typeof tf;
  assertSameCore(union.engine);
  wasm.setWasmPaths(join(packageFolder('@tensorflow/tfjs-backend-wasm'), 'dist', '/'));
  registerWasmKernels();
  if (!(await tf.setBackend('wasm'))) throw new Error('The WebAssembly backend did not start');
  return { backend: 'wasm', tensorflow: null, device: 'CPU', threads: 1, reason };
}

/** Two copies of tfjs-core would each have their own tensors and gradients. */
function assertSameCore(engine: typeof tf.engine): void {
  if (engine() === tf.engine()) return;
  throw new Error('Two copies of @tensorflow/tfjs-core are installed; run "npm ci"');
}
