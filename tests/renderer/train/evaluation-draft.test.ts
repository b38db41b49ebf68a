import { describe, expect, it } from 'vitest';
import { FRESH_EVALUATION, toEvaluations } from '../../../src/renderer/train/evaluation-draft.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';

const config = defaultConfig({ method: 'fap', dataset: 'd', model: 'm', shots: 1, seed: 1 });

describe('what follows a training', () => {
  it('is measured at the size that was trained at, unless another is given', () => {
    const trained = { ...config, attack: { ...config.attack, epsilon: 4 / 255 } };
    const [natural, attacked] = toEvaluations(FRESH_EVALUATION, trained);
    expect(natural?.name).toBe('none');
    expect(attacked).toMatchObject({
      epsilon: 4 / 255,
      stepSize: 4 / 255,
      steps: 100,
      subset: 100,
    });
    const other = toEvaluations({ ...FRESH_EVALUATION, epsilon: 1 / 255 }, trained);
    expect(other[1]?.epsilon).toBe(1 / 255);
  });

  it('is nothing where nothing is wanted, and refuses an emptied number', () => {
    const nothing = { ...FRESH_EVALUATION, natural: false, attacked: false };
    expect(toEvaluations(nothing, config)).toEqual([]);
    expect(() => toEvaluations({ ...FRESH_EVALUATION, steps: null }, config)).toThrow();
  });
});
