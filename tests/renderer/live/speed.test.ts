import { describe, expect, it } from 'vitest';
import { imagesPerSecond } from '../../../src/renderer/live/speed.ts';
import { termWeights } from '../../../src/renderer/live/term-weights.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

const seconds = [2, 2, 2, 50].map((value, step) => ({ name: 'seconds', step, epoch: 0, value }));

describe('the speed of a training', () => {
  it('is of the median step, and unknown before the first', () => {
    expect(imagesPerSecond(seconds, 4)).toBe(2);
    expect(imagesPerSecond([], 4)).toBeNull();
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
