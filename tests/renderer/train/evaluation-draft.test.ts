import { describe, expect, it } from 'vitest';
import {
  evaluationProblems,
  FRESH_EVALUATION,
  toEvaluations,
} from '../../../src/renderer/train/evaluation-draft.ts';
import { issuePhrase } from '../../../src/renderer/train/issue-phrase.ts';
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

  it('says which field is wrong, and nothing of fields that are not asked for', () => {
    const wrong = { ...FRESH_EVALUATION, steps: null, restarts: 0, subset: 1.5, epsilon: 2000 };
    const found = evaluationProblems(wrong, config);
    expect([...found.keys()].sort()).toEqual(['epsilon', 'restarts', 'steps', 'subset']);
    expect([...found.values()].map((issue) => issuePhrase(issue).key)).not.toContain('refused');
    expect(evaluationProblems({ ...wrong, attacked: false }, config).size).toBe(0);
    const noise = { ...FRESH_EVALUATION, name: 'noise' as const, steps: null };
    expect(evaluationProblems(noise, config).size).toBe(0);
    expect(toEvaluations(noise, config)[1]?.name).toBe('noise');
  });

  it('leaves a wrong size of the training to the field of the training', () => {
    const untrained = { ...config, attack: { ...config.attack, epsilon: -1 } };
    expect(evaluationProblems(FRESH_EVALUATION, untrained).size).toBe(0);
  });
});
