import { describe, expect, it } from 'vitest';
import { isLit, lossFormula } from '../../../src/renderer/train/loss-formula.ts';
import { METHODS } from '../../../src/shared/method-catalogue.ts';
import { optionsOf } from '../../../src/shared/method-options.ts';
import { METHOD_NAMES } from '../../../src/shared/run-config.ts';

const litBy = (path: Parameters<typeof isLit>[1]) =>
  lossFormula('cba-fapt')
    .filter((piece) => isLit(piece, path))
    .map(({ term }) => term);

describe('the loss formula', () => {
  it("has exactly the terms of the method's metrics, in their order", () => {
    for (const method of METHOD_NAMES) {
      expect(lossFormula(method).map(({ term }) => term)).toEqual([...METHODS[method].terms]);
    }
  });

  it('names only settings that the method has', () => {
    for (const method of METHOD_NAMES) {
      const known = optionsOf(method).map(({ path }) => path);
      for (const { weight } of lossFormula(method))
        if (weight) expect(known).toContain(weight.path);
    }
  });

  it('lights up the summand that a setting changes', () => {
    expect(litBy('loss.alpha')).toEqual(['adv']);
    expect(litBy('loss.beta')).toEqual(['vaa']);
    expect(litBy('loss.gamma')).toEqual(['taa']);
    expect(litBy('loss.score')).toEqual(['vaa', 'taa']);
    expect(litBy('attack.epsilon')).toEqual(['adv', 'vaa', 'taa']);
    expect(litBy('shots')).toEqual([]);
    expect(litBy(null)).toEqual([]);
  });
});
