import { describe, expect, it } from 'vitest';
import { type ComparedEvaluation, unlikeProtocols } from '../../../src/main/statistics/unlike.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';

const attack = evaluationAttackSchema.parse({ name: 'pgd' });

function evaluation(name: string, images: number): ComparedEvaluation {
  const outcomes = Array.from({ length: images }, (_, index) => ({
    id: `${index}.png`,
    label: 0,
    clean: 0,
    adversarial: 0,
    margin: 0,
    fellAt: null,
    perturbation: null,
  }));
  return { name, outcomes, attack, modelHash: 'aaaaaaaa1', splitHash: 'bbbbbbbb1' };
}

function said(a: ComparedEvaluation, b: ComparedEvaluation): string[] {
  return unlikeProtocols(a, b).map(({ message }) => message);
}

describe('unlikeProtocols', () => {
  it('names each difference', () => {
    const other = {
      ...evaluation('B', 20),
      attack: { ...attack, steps: 20, epsilon: 4 / 255 },
      modelHash: 'cccccccc1',
    };
    expect(said(evaluation('A', 30), other)).toEqual([
      'the weights of the model differ (aaaaaaaa and cccccccc)',
      'the attacks differ in eps (1/255 and 4/255)',
      'the attacks differ in steps (100 and 20)',
      'the test images differ (30 and 20, 20 in common)',
    ]);
  });

  it('tells other splits and relabelled images', () => {
    const a = evaluation('A', 1);
    const relabelled = a.outcomes.map((outcome) => ({ ...outcome, label: 3 }));
    expect(said(a, { ...a, splitHash: 'x', outcomes: relabelled })).toEqual([
      'the splits of the dataset differ (bbbbbbbb and x)',
      'the labels of 1 images differ, first: 0.png',
    ]);
  });

  it('finds nothing between like and like', () => {
    expect(said(evaluation('A', 3), evaluation('B', 3))).toEqual([]);
  });
});
