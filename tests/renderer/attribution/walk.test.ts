import { describe, expect, it } from 'vitest';
import { neighbour } from '../../../src/renderer/attribution/walk.ts';
import { imageTargets, toValue } from '../../../src/renderer/maps/target-items.ts';
import type { Explanation } from '../../../src/shared/api/attribution.ts';

describe('walking through a list of images', () => {
  const list = ['a', 'b', 'c'];
  it('goes on around its ends', () => {
    expect(neighbour(list, 'a', 1)).toBe('b');
    expect(neighbour(list, 'c', 1)).toBe('a');
    expect(neighbour(list, 'a', -1)).toBe('c');
  });

  it('begins at an end from an image that is not in it', () => {
    expect(neighbour(list, 'x', 1)).toBe('a');
    expect(neighbour(list, null, -1)).toBe('c');
  });

  it('leads nowhere in an empty list, or one of this image alone', () => {
    expect(neighbour([], 'a', 1)).toBeNull();
    expect(neighbour(['a'], 'a', 1)).toBeNull();
  });
});

describe('what can be explained', () => {
  const answer = {
    classNames: ['cat', 'bear', 'horse'],
    image: { label: 1, labelFrom: 'predicted' },
    predicted: { clean: 1, adversarial: 2 },
  } as unknown as Explanation;

  it('is the true class and what each run says, clean and adversarial', () => {
    const items = imageTargets([
      { side: 'A', run: 'r1', answer },
      { side: 'B', run: 'r2', answer: null },
    ]);
    expect(items.map(({ key, values }) => [key, values.side, values.class])).toEqual([
      ['label', undefined, 'bear'],
      ['prediction.clean', 'A', 'bear'],
      ['prediction.adversarial', 'A', 'horse'],
      ['prediction.clean', 'B', ''],
      ['prediction.adversarial', 'B', ''],
    ]);
    expect(items[0]?.values.labelFrom).toBe('predicted');
    expect(JSON.parse(items[4]?.value ?? '')).toEqual({
      by: 'prediction',
      run: 'r2',
      of: 'adversarial',
    });
  });

  it('has one place for every free text', () => {
    expect(toValue({ by: 'text', text: 'a zebra' })).toBe('text');
  });
});
