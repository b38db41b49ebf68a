import { describe, expect, it } from 'vitest';
import { perClass } from '../../../src/renderer/runs/per-class.ts';

describe('accuracy class by class', () => {
  it('counts clean and attacked predictions of each class on its own images', () => {
    const outcomes = [
      { label: 1, clean: 1, adversarial: 0 },
      { label: 0, clean: 0, adversarial: 0 },
      { label: 1, clean: 0, adversarial: 1 },
      { label: 1, clean: 1, adversarial: 1 },
    ];
    expect(perClass(outcomes, ['cat', 'dog', 'owl'])).toEqual([
      { label: 0, name: 'cat', n: 1, clean: 1, robust: 1 },
      { label: 1, name: 'dog', n: 3, clean: 2 / 3, robust: 2 / 3 },
    ]);
  });

  it('has no robust accuracy where nothing was attacked', () => {
    const [row] = perClass([{ label: 0, clean: 0, adversarial: null }], ['cat']);
    expect(row?.robust).toBeNull();
  });
});
