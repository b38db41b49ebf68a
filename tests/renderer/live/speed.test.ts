import { describe, expect, it } from 'vitest';
import { speedOf } from '../../../src/renderer/live/speed.ts';
import { termWeights } from '../../../src/renderer/live/term-weights.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

const seconds = [2, 2, 2, 50].map((value, step) => ({ name: 'seconds', step, epoch: 0, value }));

describe('the speed of a training', () => {
  it('is of the median step: images a second and the time that is left', () => {
    const speed = speedOf(seconds, { batchSize: 4, step: 10, totalSteps: 40 });
    expect(speed).toEqual({ imagesPerSecond: 2, secondsLeft: 60 });
  });

  it('nothing is left past the end, nothing is known before the first step', () => {
    expect(speedOf(seconds, { batchSize: 4, step: 41, totalSteps: 40 })?.secondsLeft).toBe(0);
    expect(speedOf(seconds, { batchSize: 4, step: 1, totalSteps: null })?.secondsLeft).toBeNull();
    expect(speedOf([], { batchSize: 4, step: 0, totalSteps: 40 })).toBeNull();
  });
});

describe("a term's weight", () => {
  it('is the setting of the loss, and 1 where the loss has none', () => {
    const config = defaultConfig({
      method: 'cba-fapt',
      dataset: 'd',
      model: 'm',
      shots: 16,
      seed: 1,
    });
    config.loss.beta = 0.25;
    const weights = termWeights(config);
    expect(weights.get('vaa')).toBe(0.25);
    expect([...weights.keys()]).toEqual(['nat', 'adv', 'vaa', 'taa']);
    expect(termWeights({ ...config, method: 'apt' }).get('adv')).toBe(1);
  });
});
