import { describe, expect, it } from 'vitest';
import { chooseImages } from '../../../src/main/export/report/choose-images.ts';
import type { Outcome } from '../../../src/shared/results.ts';

/** Letters: right (r) or wrong (w) under attack, image by image. */
function outcomes(robust: string): Outcome[] {
  return [...robust].map((letter, index) => ({
    id: `${index}`,
    label: 0,
    clean: 0,
    adversarial: letter === 'r' ? 0 : 1,
    margin: 0,
    fellAt: null,
    perturbation: null,
  }));
}

const drift = new Map(Array.from({ length: 9 }, (_, index) => [`${index}`, index / 10]));
const ids = (chosen: { id: string }[]) => chosen.map(({ id }) => id);

describe('chooseImages', () => {
  it('takes three disagreements in test order, then the largest drifts', () => {
    const chosen = chooseImages(outcomes('rrrrrrrrr'), outcomes('rwrwrwrww'), drift);
    expect(ids(chosen)).toEqual(['1', '3', '5', '8', '7', '6']);
    expect(chosen[0]?.reason).toMatch(/disagree/);
    expect(chosen[3]?.reason).toMatch(/drift/);
  });

  it('fills up with drifts where the two agree', () => {
    const chosen = chooseImages(outcomes('rrrrrrrrr'), outcomes('rrrrrrrrr'), drift);
    expect(ids(chosen)).toEqual(['8', '7', '6', '5', '4', '3']);
  });

  it('keeps test order among equal drifts', () => {
    const equal = new Map([...drift.keys()].map((id) => [id, 1]));
    const chosen = chooseImages(outcomes('rrrr'), outcomes('rrrr'), equal);
    expect(ids(chosen)).toEqual(['0', '1', '2', '3']);
  });
});
