import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import type { LossContext, View } from '../../../src/engine/methods/method.ts';
import { methodOf } from '../../../src/engine/methods/registry.ts';
import { defaultConfig, METHODS } from '../../../src/shared/method-catalogue.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

/**
 * Two images, two classes. clean logits (0, ln 3) and (ln 3, 0), adversarial (0, 0) twice, labels
 * 1 and 0. Features: clean (1, 0) and (1, 0), adversarial (0, 1) and (1, 0), cosines 0 and 1.
 */
function context(): LossContext {
  const view = (logits: number[], features: number[]): View => ({
    logits: tf.tensor2d(logits, [2, 2]),
    encoding: { features: tf.tensor2d(features, [2, 2]) } as View['encoding'],
  });
  return {
    clean: view([0, Math.log(3), Math.log(3), 0], [1, 0, 1, 0]),
    adversarial: view([0, 0, 0, 0], [0, 1, 1, 0]),
    oneHot: tf.tensor2d([0, 1, 1, 0], [2, 2]),
    textFeatures: tf.tensor2d([1, 0, 0, 1], [2, 2]),
    frozen: () => {
      throw new Error('only TGA looks at the frozen model');
    },
    pair: () => {
      throw new Error('only CBA-FAPT looks at both views as one batch');
    },
    texts: () => {
      throw new Error('only CBA-FAPT looks into the texts');
    },
    options: defaultConfig({ method: 'fap', dataset: '-', model: '-', shots: 1, seed: 1 }).loss,
    clip: {} as LossContext['clip'],
  };
}

const describeTerms = (name: 'advmaple' | 'fap') =>
  methodOf(name)
    .terms(context())
    .map(({ name: term, weight, value }) => [term, weight, value.dataSync()[0] as number] as const);

describe('losses by hand', () => {
  test('AdvMaPLe: mean cross-entropy on the adversarial images', () => {
    tf.tidy(() => {
      // Uniform over two classes: ln 2.
      const terms = describeTerms('advmaple');
      expect(terms.map((term) => term.slice(0, 2))).toEqual([['adv', 1]]);
      expect(terms[0]?.[2]).toBeCloseTo(Math.LN2, 6);
    });
  });

  test('FAP: mean cross-entropy on the clean ones, and 1.5 mean[KL (cos + 1)]', () => {
    tf.tidy(() => {
      // Clean: both images have p_true = 3/4: -ln(3/4) = 0.2876821.
      // KL of both is 0.1308120 (p = (1/4, 3/4) against uniform): mean of 0.130812 (0 + 1) and
      // 0.130812 (1 + 1) is 0.1962180. Without the cosine factor it would be 0.1308120.
      const [nat, adv] = describeTerms('fap');
      expect(nat?.slice(0, 2)).toEqual(['nat', 1]);
      expect(nat?.[2]).toBeCloseTo(0.2876821, 6);
      expect(adv?.slice(0, 2)).toEqual(['adv', 1.5]);
      expect(adv?.[2]).toBeCloseTo(0.196218, 5);
    });
  });

  test('a method that needs the clean images says so where there are none', () => {
    tf.tidy(() => {
      expect(() => methodOf('fap').terms({ ...context(), clean: null })).toThrow(/clean forward/);
      expect(methodOf('advmaple').views).toBe('adversarial');
    });
  });
});

describe('defaults are the published ones', () => {
  test.each(['advmaple', 'fap', 'cba-fapt'] as const)('%s', (name) => {
    const { optimizer, batchSize, attack, prompts, epochs } = METHODS[name].defaults;
    expect(optimizer).toEqual({
      learningRate: 0.0035,
      momentum: 0.9,
      weightDecay: 5e-4,
      warmupEpochs: 1,
      warmupLearningRate: 1e-5,
    });
    expect([batchSize, epochs, prompts.contextLength, prompts.depth]).toEqual([4, 10, 2, 9]);
    expect(attack).toMatchObject({
      loss: name === 'fap' ? 'kl' : 'ce',
      epsilon: 1 / 255,
      stepSize: 1 / 255,
      steps: 2,
    });
  });

  test('the weights of CBA-FAPT and FAP', () => {
    expect(METHODS['cba-fapt'].defaults.loss).toMatchObject({ alpha: 5, beta: 0.05, gamma: 0.03 });
    expect(METHODS.fap.defaults.loss.lambda).toBe(1.5);
  });
});
