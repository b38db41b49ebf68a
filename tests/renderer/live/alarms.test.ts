import { describe, expect, it } from 'vitest';
import type { Metric } from '../../../src/renderer/charts/series.ts';
import { alarmsOf, weakTerms } from '../../../src/renderer/live/alarms.ts';

const steps = (name: string, value: number, count = 30): Metric[] =>
  Array.from({ length: count }, (_, step) => ({ name, step, epoch: 0, value }));
const CLASSES = 15;

describe('alarms of a training', () => {
  it('collapse: the cross-entropy of equal probabilities, and nothing adversarial left', () => {
    const collapsed = [...steps('terms.nat', Math.log(CLASSES)), ...steps('terms.adv', 1e-6)];
    expect(alarmsOf(collapsed, CLASSES)).toEqual(['collapse']);
  });

  it('collapse of a cross-entropy loss: clean and attacked images are one', () => {
    const both = [
      ...steps('terms.nat', Math.log(CLASSES)),
      ...steps('terms.adv', Math.log(CLASSES)),
    ];
    expect(alarmsOf(both, CLASSES)).toEqual(['collapse']);
  });

  it('none while the adversarial term still says something, or in the first steps', () => {
    const early = [...steps('terms.nat', Math.log(CLASSES)), ...steps('terms.adv', 1)];
    expect(alarmsOf(early, CLASSES)).toEqual([]);
    const few = [...steps('terms.nat', Math.log(CLASSES), 5), ...steps('terms.adv', 0, 5)];
    expect(alarmsOf(few, CLASSES)).toEqual([]);
  });

  it('values that are no numbers', () => {
    expect(alarmsOf(steps('loss', Number.NaN, 1), CLASSES)).toEqual(['not-finite']);
    expect(alarmsOf(steps('terms.vaa', Number.POSITIVE_INFINITY, 1), CLASSES)).toEqual([
      'not-finite',
    ]);
  });

  it('gradients that are zero, but not a single zero', () => {
    expect(alarmsOf(steps('gradientNorm', 0), CLASSES)).toEqual(['zero-gradient']);
    expect(alarmsOf(steps('gradientNorm', 0, 1), CLASSES)).toEqual([]);
    expect(alarmsOf([...steps('gradientNorm', 0, 3), ...steps('gradientNorm', 1, 1)], 2)).toEqual(
      [],
    );
  });

  it('a term below 0.1 % of the gradient is weak, by its newest share', () => {
    const shares = new Map([
      ['vaa', [...steps('s', 0.5, 1), ...steps('s', 0.0009, 1)]],
      ['adv', steps('s', 0.001, 1)],
      ['taa', []],
    ]);
    expect(weakTerms(shares)).toEqual(['vaa']);
  });
});
