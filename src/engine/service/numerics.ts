import process from 'node:process';
import type { BackendInfo } from '../backend/start-backend.ts';
import type { EngineFunctions } from './functions.ts';

/** What a person should read begins with this; the parent shows it and logs the rest. */
const NOTICE = 'notice: ';

let starting: Promise<BackendInfo> | null = null;

/** The backend of this process, started once. FAPT_BACKEND=wasm asks for WebAssembly. */
function backend(): Promise<BackendInfo> {
  starting ??= import('../backend/start-backend.ts').then(({ startBackend }) =>
    startBackend({
      prefer: process.env.FAPT_BACKEND === 'wasm' ? 'wasm' : undefined,
      threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || undefined,
      log: (sentence) => console.error(NOTICE + sentence),
    }),
  );
  return starting;
}

/**
 * The engine's own numerics, each loaded when first called, so that the process answers at once
 * and a call that needs no backend (a tokenizer) starts none.
 */
export const numerics: EngineFunctions = {
  async *train(job, signal) {
    await backend();
    const { train } = await import('../training/train.ts');
    yield* train(job, signal);
  },
  async *evaluate(job, signal) {
    await backend();
    const { evaluate } = await import('../evaluation/evaluate.ts');
    yield* evaluate(job, signal);
  },
  async *probe(job, signal) {
    await backend();
    const { probe } = await import('../evaluation/probe.ts');
    yield* probe(job, signal);
  },
  async *stability(job, signal) {
    await backend();
    const { measureSet } = await import('../attribution/measure-set.ts');
    yield* measureSet(job, signal);
  },
  async *adversarialImages(job, signal) {
    await backend();
    const { adversarialImages } = await import('../evaluation/adversarial-images.ts');
    yield* adversarialImages(job, signal);
  },
  async *trace(job, signal) {
    await backend();
    const { trace } = await import('../evaluation/trace.ts');
    yield* trace(job, signal);
  },
  async *noise(job, signal) {
    await backend();
    const { noise } = await import('../evaluation/noise.ts');
    yield* noise(job, signal);
  },
  async attribute(job) {
    await backend();
    return (await import('../attribution/attribute.ts')).attribute(job);
  },
  async predict(job) {
    await backend();
    return (await import('../evaluation/predict.ts')).predict(job);
  },
  async inspectModel(ref) {
    await backend();
    return (await import('../clip/inspect-model.ts')).inspectModel(ref);
  },
  async inspectWeights(path) {
    return (await import('../clip/weight-report.ts')).inspectWeights(path);
  },
  async convertWeights(job) {
    return (await import('../clip/convert-weights.ts')).convertWeights(job);
  },
  async importPrompts(job) {
    await backend();
    return (await import('../training/import-prompts.ts')).importPrompts(job);
  },
  async tokenizeText(ref, text) {
    return (await import('../clip/inspect-model.ts')).tokenizeText(ref, text);
  },
  async previewPrompts(job) {
    return (await import('../prompts/preview-prompts.ts')).previewPrompts(job);
  },
  async inspectPrompts(job) {
    await backend();
    return (await import('../training/inspect-prompts.ts')).inspectPrompts(job);
  },
  async check(job) {
    await backend();
    return (await import('../check/check.ts')).check(job);
  },
  async bench(job) {
    await backend();
    return (await import('../bench/bench.ts')).bench(job);
  },
  async doctor() {
    return (await import('../doctor.ts')).doctor(await backend());
  },
  async environment() {
    const { backend: name, tensorflow, device, threads, reason } = await backend();
    const platform = `${process.platform} ${process.arch}`;
    return {
      backend: name,
      tensorflow,
      device,
      threads,
      reason,
      node: process.versions.node,
      platform,
    };
  },
};
