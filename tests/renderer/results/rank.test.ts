import { describe, expect, it } from 'vitest';
import { ranksOf } from '../../../src/renderer/results/rank.ts';

describe('who is best of a column', () => {
  it('is the highest, and the next one second', () => {
    expect(ranksOf([0.1, null, 0.3, 0.2])).toEqual([null, null, 'best', 'second']);
  });

  it('may be several, and nobody where there is nothing to be better than', () => {
    expect(ranksOf([0.3, 0.3, 0.2, 0.2])).toEqual(['best', 'best', 'second', 'second']);
    expect(ranksOf([0.3, null])).toEqual([null, null]);
    expect(ranksOf([0.3, 0.3])).toEqual(['best', 'best']);
  });
});
