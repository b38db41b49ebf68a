import type { ExplainedToken, ExplainedWord } from './explained-parts.ts';

/** What a vocabulary writes behind the last piece of a word. */
const WORD_END = '</w>';

/** Pieces of a text with their values; `learned` says which are context tokens. */
export function explainedTokens(
  pieces: readonly string[],
  learned: readonly boolean[],
  clean: readonly number[],
  adversarial: readonly number[],
): ExplainedToken[] {
  return pieces.map((piece, i) => ({
    text: piece.replace(WORD_END, ''),
    learned: learned[i] as boolean,
    endsWord: learned[i] === true || piece.endsWith(WORD_END),
    clean: clean[i] as number,
    adversarial: adversarial[i] as number,
  }));
}

/**
 * One entry a word: pieces up to and with the one that ends it. A word's value is the sum of its
 * pieces', since a map's values are contributions to one score. A learned token stays alone.
 */
export function mergeWords(tokens: readonly ExplainedToken[]): ExplainedWord[] {
  const words: ExplainedWord[] = [];
  let isOpen = false;
  for (const [first, { text, learned, endsWord, clean, adversarial }] of tokens.entries()) {
    const word = words.at(-1);
    if (word && isOpen && !learned) {
      word.text += text;
      word.count += 1;
      word.clean += clean;
      word.adversarial += adversarial;
    } else {
      words.push({ text, learned, first, count: 1, clean, adversarial });
    }
    isOpen = !endsWord;
  }
  return words;
}
