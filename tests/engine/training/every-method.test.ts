import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { train } from '../../../src/engine/training/train.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';
import type { LossOptions, RunConfig } from '../../../src/shared/run-config.ts';
import {
  collect,
  makeSmallData,
  type SmallData,
  smallConfig,
  trainJob,
} from '../support/small-run.ts';

let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-methods-')), 9);
  // Weights stay open from here on.
  await stepsOf(smallConfig('vpt', { epochs: 1 }));
});
afterAll(() => rm(data.folder, { recursive: true }));

const noStop = new AbortController().signal;
let runs = 0;
async function stepsOf(config: RunConfig) {
  runs += 1;
  const events = await collect(train(trainJob(data, `run-${runs}`, config), noStop));
  return events.flatMap((event) => (event.type === 'step' ? [event] : []));
}

const tuned = Object.values(METHODS).filter((method) => method.tuned);

describe('every method of the catalogue', () => {
  test.each(tuned)('$name trains with the terms that it names', async ({ name, terms }) => {
    const { prompts } = METHODS[name].defaults;
    // The small model's texts have 16 places.
    const contextLength = Math.min(prompts.contextLength, 4);
    const template = prompts.template === 'tecoa' ? 'as-published' : prompts.template;
    const short = { ...prompts, contextLength, template };
    const tensors = tf.memory().numTensors;
    const steps = await stepsOf(smallConfig(name, { prompts: short, batchSize: 3 }));
    expect(steps).toHaveLength(6);
    for (const step of steps) {
      expect(Object.keys(step.terms)).toEqual(terms);
      expect(Object.values(step.terms).every(Number.isFinite)).toBe(true);
      expect(step.gradientNorm).toBeGreaterThan(0);
    }
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('ablation switches of CBA-FAPT', () => {
  const base = smallConfig('cba-fapt', { epochs: 1, batchSize: 3 });
  const firstOf = async (loss: Partial<LossOptions>) => {
    const [step] = await stepsOf({ ...base, loss: { ...base.loss, ...loss } });
    if (!step) throw new Error('a run has a first step');
    return step;
  };

  test.each([
    [{ natural: 0, beta: 0, gamma: 0 }, ['adv']],
    [{ beta: 0, gamma: 0 }, ['nat', 'adv']],
    [{ gamma: 0 }, ['nat', 'adv', 'vaa']],
    [{ alpha: 0, beta: 0 }, ['nat', 'taa']],
  ])('a weight of 0 leaves its term out: %j', async (loss, terms) => {
    expect(Object.keys((await firstOf(loss)).terms)).toEqual(terms);
  });

  test('the loss of two terms is the sum that the whole has of them', async () => {
    const whole = await firstOf({});
    const { loss } = await firstOf({ beta: 0, gamma: 0 });
    expect(loss).toBeCloseTo((whole.terms.nat as number) + 5 * (whole.terms.adv as number), 4);
  });

  test.each([
    [{ score: 'logit' }, ['vaa']],
    [{ forwardWeights: 'softmax' }, ['vaa', 'taa']],
    [{ heads: 'separate' }, ['vaa', 'taa']],
    [{ gradientWeights: false }, ['vaa', 'taa']],
    [{ tokenNormalization: 'magnitude' }, ['taa']],
  ] as const)('%j changes the terms it is about and no other', async (loss, changed) => {
    const before = await firstOf({});
    const after = await firstOf(loss);
    for (const term of ['nat', 'adv', 'vaa', 'taa']) {
      const moved = Math.abs((after.terms[term] as number) / (before.terms[term] as number) - 1);
      if ((changed as readonly string[]).includes(term)) expect(moved, term).toBeGreaterThan(1e-3);
      else expect(moved, term).toBeLessThan(1e-4);
    }
  });

  test.each([{ detachClean: true }, { detachWeights: true }])(
    '%j keeps the loss and changes the gradient',
    async (loss) => {
      const strong = { beta: 100, gamma: 10 };
      const before = await firstOf(strong);
      const after = await firstOf({ ...strong, ...loss });
      expect(after.loss).toBeCloseTo(before.loss, 3);
      expect(Math.abs(after.gradientNorm / before.gradientNorm - 1)).toBeGreaterThan(1e-3);
    },
  );

  test('nothing to minimise is refused', async () => {
    await expect(firstOf({ natural: 0, alpha: 0, beta: 0, gamma: 0 })).rejects.toMatchObject({
      code: 'no-loss-term',
    });
  });
});

test('the coupled learner the other way round is MaPLe\u2019s', async () => {
  const image = smallConfig('advmaple', { epochs: 1 });
  const text = { ...image, prompts: { ...image.prompts, coupling: 'text-to-image' as const } };
  const count = async (config: RunConfig) => {
    runs += 1;
    const [plan] = await collect(train(trainJob(data, `run-${runs}`, config), noStop));
    return plan?.type === 'plan' ? plan.parameterCount : 0;
  };
  const maple = smallConfig('maple', { epochs: 1 });
  expect(await count(text)).toBe(await count(maple));
  expect(await count(image)).not.toBe(await count(text));
});
