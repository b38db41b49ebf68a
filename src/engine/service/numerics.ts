import type { EngineFunctions } from './functions.ts';

/**
 * The engine's own numerics, each loaded when first called, so that the process answers at once
 * and a call that needs no backend (a tokenizer) starts none.
 */
export const numerics: EngineFunctions = {
  async *train(job, signal) {
    const { train } = await import('../training/train.ts');
    yield* train(job, signal);
  },
  async *evaluate(job, signal) {
    const { evaluate } = await import('../evaluation/evaluate.ts');
    yield* evaluate(job, signal);
  },
  attribute: async (job) => (await import('../attribution/attribute.ts')).attribute(job),
  predict: async (job) => (await import('../evaluation/predict.ts')).predict(job),
  inspectModel: async (ref) => (await import('../clip/inspect-model.ts')).inspectModel(ref),
  tokenizeText: async (ref, text) =>
    (await import('../clip/inspect-model.ts')).tokenizeText(ref, text),
  check: async (job) => (await import('../check/check.ts')).check(job),
  bench: async (job) => (await import('../bench/bench.ts')).bench(job),
  doctor: async () => (await import('../doctor.ts')).doctor(),
};
