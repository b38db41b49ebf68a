import { FaptError } from '../../shared/errors.ts';

/** Token ids of a set of classes, cut at the longest end of text, and what they have in common. */
export type TextLayout = {
  /** [K][length], start first. */
  tokens: number[][];
  /** Position of the end of text in each row. */
  ends: number[];
  length: number;
  /** Leading positions that come out the same for every class: one pass serves them all. */
  sharedLength: number;
  /** Number of each row's class among all classes: says whose own context it takes. */
  classes: number[];
  /** Positions of the learned words in each row where they do not stand at the head; else null. */
  places: number[][] | null;
};

/**
 * Lays out token rows for the text tower. The end of text is found by id, never by padding, and
 * what stands behind the longest one is cut off: the mask is causal, so nothing depends on it.
 *
 * @param rows token ids a class, start and end included, any padding
 * @param endId id of the end of text
 * @param contextLength learned tokens at positions 1..contextLength (0 for none)
 * @param places where the learned words stand instead, a row each; only the start is shared then
 * @throws FaptError `text-end-missing` where a row has no end, `context-too-long` where the learned
 *   context would push out the class's own words
 */
export function layOutText(
  rows: number[][],
  endId: number,
  contextLength: number,
  places: number[][] | null = null,
): TextLayout {
  const ends = rows.map((row, index) => {
    const end = row.indexOf(endId);
    if (end < 0) {
      throw new FaptError(
        'text-end-missing',
        `The text of class ${index} has no end-of-text token.`,
      );
    }
    return end;
  });
  const shortest = Math.min(...ends);
  if (shortest <= 1 + contextLength) {
    const index = ends.indexOf(shortest);
    if (contextLength === 0) {
      throw new FaptError('text-empty', `The text of class ${index} has no word: give it a name.`);
    }
    throw new FaptError(
      'context-too-long',
      `The text of class ${index} has ${shortest - 1} tokens, so a learned context of ${contextLength} would leave no word of it: choose a shorter context.`,
    );
  }
  const length = Math.max(...ends) + 1;
  const tokens = rows.map((row) => Array.from({ length }, (_, position) => row[position] ?? endId));
  const sharedLength = places ? 1 : commonLength(tokens, shortest, contextLength);
  return { tokens, ends, length, sharedLength, classes: rows.map((_, index) => index), places };
}

/** At least the start and the learned context, and less than the shortest end of text. */
function commonLength(tokens: number[][], shortest: number, contextLength: number): number {
  const [first = [], ...others] = tokens;
  let common = 1 + contextLength;
  while (common < shortest && others.every((row) => row[common] === first[common])) common += 1;
  return common;
}
