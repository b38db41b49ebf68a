import { describe, expect, test } from 'vitest';
import type { Concept } from '../../tools/demo-pack/concepts.ts';
import { FEW_SHOT_DIFFICULTY } from '../../tools/demo-pack/difficulty.ts';
import type { FewShotSet, TestPlan } from '../../tools/demo-pack/few-shot-sets.ts';
import { type PlannedImage, planSet } from '../../tools/demo-pack/split-plan.ts';
import { FEW_SHOT_STYLES, STYLES, type Style } from '../../tools/demo-pack/styles.ts';

const conceptOf = (name: string, code: string, styles: readonly Style[] = STYLES): Concept => ({
  name,
  code,
  drawings: styles.map((style) => ({
    id: `${style.id}/${code}`,
    style,
    source: { svg: '' },
  })),
});

const CONCEPTS = new Map(
  [conceptOf('dog', '1'), conceptOf('dog face', '2'), conceptOf('red fox', '3')].map((concept) => [
    concept.name,
    concept,
  ]),
);

const setWith = (testPlan: TestPlan): FewShotSet => ({
  name: 'small',
  title: 'animals',
  template: 'a photo of a {}.',
  classes: [{ name: 'dog', emoji: ['dog', 'dog face'] }, 'red fox'],
  testPlan,
  difficulty: FEW_SHOT_DIFFICULTY,
});

const drawingsIn = (images: readonly PlannedImage[], isTest: boolean): Set<string> =>
  new Set(images.filter(({ split }) => (split === 'test') === isTest).map((i) => i.drawing.id));

describe('planSet', () => {
  test('plans 16, 4 and 20 images a class, under names that tell the drawing', () => {
    const images = planSet(setWith({ kind: 'style', style: 'emojione' }), CONCEPTS);
    for (const label of [0, 1]) {
      const counts = ['train', 'val', 'test'].map(
        (split) => images.filter((i) => i.split === split && i.label === label).length,
      );
      expect(counts).toEqual([16, 4, 20]);
    }
    expect(images.find(({ label }) => label === 1)?.path).toBe('red-fox/noto-v1_3_train01.webp');
  });

  test('a style held back for test has all its drawings in test and none in train', () => {
    const images = planSet(setWith({ kind: 'style', style: 'emojione' }), CONCEPTS);
    expect([...drawingsIn(images, true)].sort()).toEqual([
      'emojione/1',
      'emojione/2',
      'emojione/3',
    ]);
    expect([...drawingsIn(images, false)].some((id) => id.startsWith('emojione'))).toBe(false);
  });

  test('rotated holds back another style for the next class', () => {
    const images = planSet(setWith({ kind: 'rotated' }), CONCEPTS);
    const [first, second] = FEW_SHOT_STYLES as readonly [Style, Style];
    expect([...drawingsIn(images, true)].sort()).toEqual(
      [`${first.id}/1`, `${first.id}/2`, `${second.id}/3`].sort(),
    );
  });

  test('shared has every drawing on both sides', () => {
    const images = planSet(setWith({ kind: 'shared' }), CONCEPTS);
    expect(drawingsIn(images, true)).toEqual(drawingsIn(images, false));
    expect(drawingsIn(images, true).size).toBe(9);
  });

  test('each round of test holds each class once', () => {
    const test = planSet(setWith({ kind: 'shared' }), CONCEPTS).filter((i) => i.split === 'test');
    for (let i = 0; i < test.length; i += 2) {
      expect([test[i]?.label, test[i + 1]?.label].sort()).toEqual([0, 1]);
    }
  });

  test('refuses a class that one of the styles does not have', () => {
    const lacking = new Map(CONCEPTS).set('red fox', conceptOf('red fox', '3', STYLES.slice(0, 4)));
    expect(() => planSet(setWith({ kind: 'rotated' }), lacking)).toThrow(/no drawing of "red fox"/);
  });
});
