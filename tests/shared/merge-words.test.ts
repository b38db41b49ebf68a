import { describe, expect, it } from 'vitest';
import { explainedTokens, mergeWords } from '../../src/shared/merge-words.ts';

describe('mergeWords', () => {
  const pieces = ['[1]', '[2]', 'a</w>', 'gi', 'raf', 'fe</w>', '.</w>'];
  const learned = [true, true, false, false, false, false, false];
  const tokens = explainedTokens(pieces, learned, [1, 2, 3, 4, 5, 6, 7], [-1, 0, 1, -2, 3, 0, 1]);

  it('takes the end mark off the pieces and knows where words end', () => {
    expect(tokens.map(({ text }) => text)).toEqual(['[1]', '[2]', 'a', 'gi', 'raf', 'fe', '.']);
    expect(tokens.map(({ endsWord }) => endsWord)).toEqual([
      ...[true, true, true],
      ...[false, false, true, true],
    ]);
  });

  it('sums the pieces of a word and leaves learned tokens alone', () => {
    const words = mergeWords(tokens);
    expect(words.map(({ text }) => text)).toEqual(['[1]', '[2]', 'a', 'giraffe', '.']);
    expect(words[3]).toEqual({
      ...{ text: 'giraffe', learned: false, first: 3, count: 3 },
      ...{ clean: 15, adversarial: 1 },
    });
    for (const side of ['clean', 'adversarial'] as const) {
      const sum = (parts: { clean: number; adversarial: number }[]) =>
        parts.reduce((total, part) => total + part[side], 0);
      expect(sum(words)).toBe(sum(tokens));
    }
    expect(tokens[3]?.clean).toBe(4);
  });

  it('does not join a cut-off word with a learned token behind it', () => {
    const placed = explainedTokens(
      ['gi', '[1]', 'raffe</w>'],
      [false, true, false],
      [1, 2, 3],
      [...[0, 0, 0]],
    );
    expect(mergeWords(placed).map(({ text }) => text)).toEqual(['gi', '[1]', 'raffe']);
    expect(mergeWords([])).toEqual([]);
  });
});
