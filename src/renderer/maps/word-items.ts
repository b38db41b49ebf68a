import type { Explanation } from '../../shared/api/attribution.ts';

export type Side = 'clean' | 'adversarial';
export type WordItem = { text: string; learned: boolean; value: number };

/** Words with the sums of their pieces, or the pieces themselves. */
export function wordItems(
  { tokens, words }: Pick<Explanation, 'tokens' | 'words'>,
  pieces: boolean,
  read: (word: { clean: number; adversarial: number }) => number,
): WordItem[] {
  return (pieces ? tokens : words).map((word) => ({
    text: word.text,
    learned: word.learned,
    value: read(word),
  }));
}
