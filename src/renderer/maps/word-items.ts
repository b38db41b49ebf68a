import type { Explanation } from '../../shared/api/attribution.ts';
import type { SignedMap } from './signed-map.ts';

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

/** Every number that the colour of a word or a piece may stand for, to find their scale. */
export function wordMap(answer: Pick<Explanation, 'tokens' | 'words'> | null): SignedMap | null {
  if (!answer) return null;
  const values = [...answer.words, ...answer.tokens].flatMap(({ clean, adversarial }) => [
    clean,
    adversarial,
    adversarial - clean,
  ]);
  return { values, grid: [1, values.length] };
}
