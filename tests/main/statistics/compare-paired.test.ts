import { describe, expect, it } from 'vitest';
import { comparePaired } from '../../../src/main/statistics/compare-paired.ts';
import { configDifference } from '../../../src/main/statistics/config-difference.ts';
import type { ComparedEvaluation } from '../../../src/main/statistics/unlike.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import type { Outcome } from '../../../src/shared/results.ts';

const attack: EvaluationAttack = evaluationAttackSchema.parse({ name: 'pgd' });

/** Two letters an image: clean, then adversarial; r right, w wrong. */
function evaluation(name: string, images: string[]): ComparedEvaluation {
  const outcomes = images.map((letters, index): Outcome => {
    const right = (letter: string | undefined): number => (letter === 'r' ? 0 : 1);
    const fellAt = letters === 'rr' ? null : letters[0] === 'w' ? 0 : 1;
    return {
      id: `${index}.png`,
      label: 0,
      clean: right(letters[0]),
      adversarial: right(letters[1]),
      margin: 0,
      fellAt,
      perturbation: null,
    };
  });
  return { name, outcomes, attack, modelHash: 'aaaaaaaa1', splitHash: 'bbbbbbbb1' };
}

const many = (count: number, letters: string): string[] => Array(count).fill(letters);

describe('comparePaired', () => {
  it('counts both tables and takes delta as b - a', () => {
    const a = evaluation('FAP', ['rr', 'rw', 'rr', 'ww']);
    const b = evaluation('CBA-FAPT', ['rr', 'rr', 'rw', 'rw']);
    const result = comparePaired(a, b);
    expect(result.n).toBe(4);
    expect(result.natural).toMatchObject({ a: 0.75, b: 1, delta: 0.25 });
    expect(result.natural.mcnemar).toMatchObject({ aOnly: 0, bOnly: 1, p: 1 });
    expect(result.robust).toMatchObject({ a: 0.5, b: 0.5, delta: 0 });
    expect(result.robust?.mcnemar).toMatchObject({ aOnly: 1, bOnly: 1 });
  });

  it('pairs by id, not by place', () => {
    const a = evaluation('A', ['rr', 'ww', 'rr']);
    const b = evaluation('B', ['rr', 'ww', 'rr']);
    const turned = { ...b, outcomes: [...b.outcomes].reverse() };
    expect(comparePaired(a, turned).robust?.mcnemar).toMatchObject({ aOnly: 0, bOnly: 0, p: 1 });
  });

  it('says which is better, naming the protocol and the numbers', () => {
    const a = evaluation('FAP', [...many(40, 'rw'), ...many(60, 'rr')]);
    const b = evaluation('CBA-FAPT', [...many(30, 'rr'), ...many(10, 'rw'), ...many(60, 'rr')]);
    const { verdict } = comparePaired(a, b);
    expect(verdict).toContain(
      'Under PGD-100 (ce), eps 1/255, step 1/255, 1 restart: CBA-FAPT is better than FAP, 90.0 %',
    );
    expect(verdict).toContain('+30.0 points');
    expect(verdict).toContain(
      'Without attack: no evidence of a difference between CBA-FAPT and FAP',
    );
    expect(comparePaired(b, a).verdict).toContain('CBA-FAPT is better than FAP');
  });

  it('says what this test set could have shown', () => {
    const a = evaluation('A', [...many(5, 'rr'), ...many(6, 'rw'), ...many(89, 'rr')]);
    const b = evaluation('B', [...many(5, 'rw'), ...many(6, 'rr'), ...many(89, 'rr')]);
    const { verdict, robust } = comparePaired(a, b);
    // s = 0.11, n = 100: (1.96 sqrt(0.11) + 0.8416 sqrt(0.11 - d^2)) / 10 = d at d = 0.0918.
    expect(robust?.detectable).toBeCloseTo(0.0918, 3);
    expect(verdict).toContain('this test set could show >= 9.2 points (power 0.8)');
  });

  it('one image, and all wrong, are no errors', () => {
    const one = comparePaired(evaluation('A', ['ww']), evaluation('B', ['rr']));
    expect(one.robust).toMatchObject({ n: 1, delta: 1, detectable: null });
    expect(one.verdict).toContain('1 image is too few to show any difference');
    const wrong = comparePaired(evaluation('A', many(50, 'ww')), evaluation('B', many(50, 'ww')));
    expect(wrong.robust).toMatchObject({ a: 0, b: 0, delta: 0 });
    expect(wrong.robust?.mcnemar.p).toBe(1);
  });

  it('refuses to judge unlike protocols, naming each difference', () => {
    const a = evaluation('A', many(30, 'rw'));
    const b = {
      ...evaluation('B', many(20, 'rr')),
      attack: { ...attack, steps: 20, epsilon: 4 / 255 },
      modelHash: 'cccccccc1',
    };
    const { verdict, unlike, n } = comparePaired(a, b);
    expect(n).toBe(20);
    expect(unlike).toEqual([
      'the weights of the model differ (aaaaaaaa and cccccccc)',
      'the attacks differ in eps (1/255 and 4/255)',
      'the attacks differ in steps (100 and 20)',
      'the test images differ (30 and 20, 20 in common)',
    ]);
    expect(verdict).toBe(`B and A are not comparable, because ${unlike.join('; ')}.`);
  });

  it('tells other splits and relabelled images', () => {
    const a = evaluation('A', ['rr']);
    const b = evaluation('B', ['rr']);
    const other = { ...b, splitHash: 'x', outcomes: b.outcomes.map((o) => ({ ...o, label: 3 })) };
    expect(comparePaired(a, other).unlike).toEqual([
      'the splits of the dataset differ (bbbbbbbb and x)',
      'the labels of 1 images differ, first: 0.png',
    ]);
  });

  it('refuses when no image is in common', () => {
    const b = evaluation('B', ['rr']);
    const elsewhere = { ...b, outcomes: b.outcomes.map((o) => ({ ...o, id: 'other.png' })) };
    expect(() => comparePaired(evaluation('A', ['rr']), elsewhere)).toThrow(
      'no evaluated image in common',
    );
  });

  it('takes natural accuracy from more images where there are such', () => {
    const a = evaluation('A', ['rr']);
    const b = evaluation('B', ['rw']);
    const natural = (names: string[]) =>
      evaluation('', names).outcomes.map((o) => ({ ...o, adversarial: null }));
    const result = comparePaired(
      { ...a, natural: natural(['rr', 'rr', 'ww']) },
      { ...b, natural: natural(['rr', 'ww', 'ww']) },
    );
    expect(result.natural).toMatchObject({ n: 3, delta: -1 / 3 });
    expect(result.robust?.n).toBe(1);
  });

  it('without an attack there is no robust result', () => {
    const clean = (name: string): ComparedEvaluation => {
      const base = evaluation(name, ['rr', 'ww']);
      const outcomes = base.outcomes.map((o) => ({ ...o, adversarial: null }));
      return { ...base, outcomes, attack: { ...attack, name: 'none' } };
    };
    const { robust, verdict } = comparePaired(clean('A'), clean('B'));
    expect(robust).toBeNull();
    expect(verdict.startsWith('Without attack')).toBe(true);
  });
});

describe('clusters', () => {
  const a = evaluation('A', [...many(20, 'rw'), ...many(80, 'rr')]);
  const b = evaluation('B', many(100, 'rr'));
  const clusters = (size: number): Map<string, string> =>
    new Map(a.outcomes.map(({ id }, index) => [id, String(Math.floor(index / size))]));

  it('a lead on one drawing alone is no evidence', () => {
    const { robust, verdict } = comparePaired(a, b, { clusters: clusters(20) });
    expect(robust?.mcnemar.p).toBeLessThan(0.001);
    expect(robust?.bootstrap).toMatchObject({ clusters: 5, resamples: 10_000, seed: 1 });
    expect(robust?.bootstrap?.ci?.[0]).toBe(0);
    expect(verdict).toContain('B is ahead of A image by image, but not by cluster');
    expect(verdict).toContain('The 100 images come in 5 clusters and are not independent');
  });

  it('a lead that holds over many clusters is one', () => {
    const { verdict } = comparePaired(a, b, { clusters: clusters(2) });
    expect(verdict).toContain('B is better than A');
    expect(verdict).toContain('come in 50 clusters');
  });

  it('one cluster tells of no other', () => {
    const { verdict } = comparePaired(a, b, { clusters: clusters(100) });
    expect(verdict).toContain('All 100 images are of one cluster');
    expect(verdict).not.toContain('is better');
  });
});

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
