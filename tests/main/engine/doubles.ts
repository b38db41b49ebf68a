import { once } from 'node:events';
import type { EngineFunctions } from '../../../src/engine/service/functions.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import type { AttributeJob, TrainJob } from '../../../src/shared/engine-contract.ts';
import { FaptError } from '../../../src/shared/errors.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

const refuse = () => {
  throw new FaptError('not-here', 'This double does not answer that.');
};

/** Small stand-ins for the numerics, to try the pipe and nothing else. */
export const doubles: EngineFunctions = {
  async *train(job, signal) {
    if (job.runFolder === '/refused')
      throw new FaptError('nothing-to-train', 'Nothing to train on.');
    if (job.runFolder === '/waits' && !signal.aborted) await once(signal, 'abort');
    // As long as it is wanted: what ends it is decided by the test.
    for (let step = 1; ; step++) {
      if (signal.aborted) {
        yield { type: 'end', status: 'stopped', step: step - 1 };
        return;
      }
      if (job.runFolder === '/crash' && step === 3) process.kill(process.pid, 'SIGKILL');
      if (job.runFolder === '/fails-midway' && step === 3)
        throw new FaptError('diverged', 'Loss is NaN.');
      yield {
        type: 'step',
        epoch: 1,
        step,
        learningRate: 0.1,
        loss: 1,
        terms: { nat: 1 },
        gradientNorm: 1,
        seconds: 0,
      };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
  evaluate: refuse as never,
  probe: refuse as never,
  stability: refuse as never,
  adversarialImages: refuse as never,
  trace: refuse as never,
  noise: refuse as never,
  async attribute(job) {
    return {
      id: job.example.id,
      target: 0,
      targetText: 'a cat',
      grid: [1, 2],
      image: { clean: [1, 2], adversarial: [3, 4] },
      tokens: ['[1]', 'cat'],
      learned: [true, false],
      text: { clean: [1, 2], adversarial: [3, 4] },
      logits: { clean: [1, 2], adversarial: [3, 4] },
      drift: {
        ...{ imageL2: 1, imageKl: 0, imageSpearman: null, imageTopIou: 1 },
        ...{ textKl: Number.MAX_VALUE, textSpearman: 1 },
      },
      // A view into a larger buffer: only its own four values may arrive.
      pixels: {
        size: 2,
        clean: new Float32Array([9, 0.1, -0, 1e-40, 1, 9]).subarray(1, 5),
        adversarial: new Float32Array(0),
      },
    };
  },
  async predict(job) {
    // Never answers: the test ends the process meanwhile.
    if (job.paths[0] === 'hang') await new Promise(() => setInterval(() => {}, 1000));
    return [];
  },
  inspectModel: async () => refuse(),
  inspectWeights: async () => refuse(),
  convertWeights: async () => refuse(),
  importPrompts: async () => refuse(),
  tokenizeText: async () => {
    throw new TypeError('x is undefined');
  },
  previewPrompts: async () => refuse(),
  inspectPrompts: async () => refuse(),
  check: async () => refuse(),
  bench: async () => refuse(),
  doctor: async () => refuse(),
  environment: async () => refuse(),
};

const config = defaultConfig({
  method: 'fap',
  dataset: 'd',
  model: 'm',
  shots: 1,
  seed: 1,
});
const task = { classNames: ['cat'], template: 'a {}.' };

export function trainJob(runFolder: string): TrainJob {
  return {
    config,
    model: { path: '/m' },
    task,
    examples: [{ id: 'a', path: '/a.png', label: 0 }],
    runFolder,
    resume: false,
  };
}

export function attributeJob(): AttributeJob {
  return {
    tuned: { config, model: { path: '/m' }, task, checkpoint: null },
    example: { id: 'a', path: '/a.png', label: 0 },
    perturbation: null,
    attack: evaluationAttackSchema.parse({ name: 'pgd', epsilon: 0, stepSize: 0, steps: 1 }),
    target: null,
  };
}
