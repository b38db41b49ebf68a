import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/main/api/nearest.ts';
import { buildConfig, settingPaths } from '../../../src/main/api/run-settings.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

const options = { method: 'fap', dataset: 'd', model: 'm' } as const;
const usage = (message: RegExp) =>
  expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });

describe('buildConfig', () => {
  it("gives the method's defaults, 16 shots and seed 1", () => {
    const expected = defaultConfig({ ...options, shots: 16, seed: 1 });
    expect(buildConfig({ options })).toEqual(expected);
    expect(buildConfig({ options }).attack.loss).toBe('kl');
  });

  it('lets options win over the file and settings over both', () => {
    const file = { ...options, method: 'cba-fapt', shots: 2, seed: 3, loss: { alpha: 2, beta: 9 } };
    const config = buildConfig({ file, options: { seed: 4 }, set: ['loss.beta=7', 'epochs=2'] });
    expect(config).toMatchObject({ method: 'cba-fapt', shots: 2, seed: 4, epochs: 2 });
    expect(config.loss).toMatchObject({ alpha: 2, beta: 7, gamma: 0.03 });
  });

  it('reads fractions, booleans and words', () => {
    const set = ['attack.epsilon=4/255', 'dropLast=false', 'loss.score=logit'];
    const config = buildConfig({ options, set });
    expect(config.attack.epsilon).toBeCloseTo(4 / 255, 15);
    expect(config.dropLast).toBe(false);
    expect(config.loss.score).toBe('logit');
  });

  it.each([
    [{ options, set: ['loss.alfa=1'] }, /no setting "loss\.alfa"; near it are loss\.alpha/],
    [{ options, set: ['loss=1'] }, /no setting "loss"/],
    [{ options, set: ['epochs'] }, /path=value/],
    [{ options, set: ['epochs=many'] }, /"epochs" is wrong/],
    [{ options, set: ['seed=0'] }, /"seed" is wrong/],
    [{ options, file: { epoch: 3 } }, /no setting "epoch"; near it are epochs/],
    [{ options, file: { loss: 3 } }, /"loss" must be a JSON object/],
    [{ options, file: [] }, /must be a JSON object/],
    [{ options: { ...options, method: 'fat' as never } }, /no method "fat".*cba-fapt/],
    [{ options: { method: 'fap', model: 'm' } as never }, /needs --dataset/],
  ])('refuses %j', (settings, message) => {
    expect(() => buildConfig(settings)).toThrow(usage(message));
  });

  it('knows every leaf of the config as a path', () => {
    expect(settingPaths()).toContain('optimizer.warmupLearningRate');
    expect(settingPaths()).not.toContain('optimizer');
  });
});

describe('nearest', () => {
  it('finds a typing error in the last part and in the whole', () => {
    expect(nearest('learnigRate', settingPaths())[0]).toBe('optimizer.learningRate');
    expect(nearest('attak.steps', settingPaths())[0]).toBe('attack.steps');
  });
});
