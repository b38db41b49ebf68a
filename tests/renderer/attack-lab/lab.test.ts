import { describe, expect, it } from 'vitest';
import { toAttack, toDraft } from '../../../src/renderer/attack-lab/attack-draft.ts';
import { defaultSizes, parseSizes } from '../../../src/renderer/attack-lab/epsilons.ts';
import { queryToAddress } from '../../../src/renderer/attack-lab/lab-address.ts';
import {
  logitLines,
  lossLines,
  markedAt,
  tracedClasses,
} from '../../../src/renderer/attack-lab/trace-lines.ts';
import type { LabTrajectory } from '../../../src/shared/api/lab.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';

describe('an attack in the form', () => {
  it('comes back as it was, sizes in 1/255 or as lengths', () => {
    const linf = evaluationAttackSchema.parse({ name: 'pgd', epsilon: 4 / 255, stepSize: 1 / 255 });
    expect(toDraft(linf)).toMatchObject({ epsilon: 4, stepSize: 1 });
    expect(toAttack(toDraft(linf))?.epsilon).toBeCloseTo(4 / 255, 10);
    const l2 = evaluationAttackSchema.parse({ name: 'apgd', norm: 'l2', epsilon: 0.5 });
    expect(toDraft(l2).epsilon).toBe(0.5);
    expect(toAttack(toDraft(l2))?.epsilon).toBe(0.5);
  });

  it('is none where a field is empty or impossible', () => {
    const draft = toDraft(evaluationAttackSchema.parse({ name: 'pgd' }));
    expect(toAttack({ ...draft, epsilon: null })).toBeNull();
    expect(toAttack({ ...draft, restarts: 0 })).toBeNull();
    expect(toAttack({ ...draft, steps: 1.5 })).toBeNull();
  });
});

describe('sizes of a sweep', () => {
  it('stand around the size of the attack', () => {
    expect(parseSizes(defaultSizes(2))).toEqual([0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 8]);
  });

  it('are read with commas or spaces; anything else is refused', () => {
    expect(parseSizes(' 1, 2;3 4 ')).toEqual([1, 2, 3, 4]);
    expect(parseSizes('1, two')).toBeNull();
    expect(parseSizes('-1')).toBeNull();
    expect(parseSizes('')).toBeNull();
    expect(parseSizes(Array(51).fill('1').join())).toBeNull();
  });
});

describe('the lines of an attack', () => {
  const step = (at: number, loss: number, logits: number[]) => ({
    ...{ step: at, loss, logits, margin: 0, predicted: 0, fooled: false, linf: 0, l2: 0 },
  });
  const steps: LabTrajectory['steps'] = [
    step(0, 0.1, [9, 1, 2, 0, 3, 4]),
    step(1, 0.9, [5, 8, 2, 0, 3, 1]),
  ];

  it('are of the true class first, then of those that ever came highest', () => {
    expect(tracedClasses(steps, 6, 3)).toEqual([3, 0, 1, 5]);
    const [truth, rival] = logitLines(steps, ['a', 'b', 'c', 'd', 'e', 'f'], 3);
    expect(truth).toMatchObject({
      name: 'd',
      points: [
        [0, 0],
        [1, 0],
      ],
    });
    expect(rival).toMatchObject({
      name: 'a',
      points: [
        [0, 9],
        [1, 5],
      ],
    });
  });

  it('have the step that is looked at marked over their whole height', () => {
    const marked = markedAt(lossLines(steps, 'loss'), 1, 'shown');
    expect(marked.at(-1)).toMatchObject({
      name: 'shown',
      points: [
        [1, 0.1],
        [1, 0.9],
      ],
    });
    expect(markedAt(lossLines(steps, 'loss'), null, 'shown')).toHaveLength(1);
  });
});

describe('the address of the lab', () => {
  it('names a run and an image; what is no split is left out', () => {
    expect(queryToAddress({ run: 'r', image: 'a/b.png', split: 'val' })).toEqual({
      run: 'r',
      image: 'a/b.png',
      split: 'val',
    });
    expect(queryToAddress({ run: '', split: 'other' })).toEqual({
      run: undefined,
      image: undefined,
      split: undefined,
    });
  });
});
