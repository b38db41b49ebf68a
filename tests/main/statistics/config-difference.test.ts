import { describe, expect, it } from 'vitest';
import { configDifference } from '../../../src/main/statistics/config-difference.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

describe('configDifference', () => {
  it('names the paths of the schema', () => {
    const identity = { dataset: 'd', model: 'm', shots: 16, seed: 1 };
    const fap = defaultConfig({ ...identity, method: 'fap' });
    const ours = defaultConfig({ ...identity, method: 'cba-fapt', seed: 2 });
    ours.loss.beta = 0.5;
    expect(configDifference(fap, ours)).toEqual([
      { path: 'method', a: 'fap', b: 'cba-fapt' },
      { path: 'seed', a: 1, b: 2 },
      { path: 'attack.loss', a: 'kl', b: 'ce' },
      { path: 'loss.beta', a: 0.05, b: 0.5 },
    ]);
    expect(configDifference(fap, structuredClone(fap))).toEqual([]);
  });
});
