/** Marks a symbol that ends a word, as in CLIP's vocabulary. */
export const END_OF_WORD = '</w>';

/** Words as CLIP's tokenizer splits them: letters, single digits, runs of other marks. */
export const WORD_PATTERN = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/**
 * The printable character that stands for each byte in byte-level BPE: a printable Latin-1
 * character for itself, the others moved above U+0100 in order (Radford et al., GPT-2).
 */
export function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(printable(byte) ? byte : 256 + moved++),
  );
}

/** How often each word stands in the texts, words written in byte characters. */
export function countWords(texts: readonly string[]): Map<string, number> {
  const characters = byteCharacters();
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.toLowerCase().matchAll(new RegExp(WORD_PATTERN, 'gu'))) {
      const written = [...Buffer.from(word)].map((byte) => characters[byte]).join('');
      counts.set(written, (counts.get(written) ?? 0) + 1);
    }
  }
  return counts;
}

interface Word {
  symbols: string[];
  readonly count: number;
}

/** The most frequent neighbours; of equals the first in code unit order. */
function commonestPair(words: readonly Word[]): {
  pair: string;
  count: number;
} {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 1; i < symbols.length; i++) {
      const pair = `${symbols[i - 1]} ${symbols[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best = { pair: '', count: 0 };
  for (const [pair, count] of counts) {
    if (count > best.count || (count === best.count && pair < best.pair)) best = { pair, count };
  }
  return best;
}

function joined(symbols: readonly string[], left: string, right: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    result.push(isPair ? left + right : (symbols[i] as string));
    if (isPair) i++;
  }
  return result;
}

/**
 * Learns merges (Sennrich et al. 2016): the commonest pair of neighbours becomes one symbol, until
 * there are `most` merges or no pair stands twice.
 * @returns pairs "left right", first learned first
 */
export function learnMerges(wordCounts: ReadonlyMap<string, number>, most: number): string[] {
  const words: Word[] = [...wordCounts].map(([word, count]) => {
    const symbols = [...word];
    symbols.push(symbols.pop() + END_OF_WORD);
    return { symbols, count };
  });
  const merges: string[] = [];
  while (merges.length < most) {
    const { pair, count } = commonestPair(words);
    if (count < 2) break;
    const [left, right] = pair.split(' ') as [string, string];
    for (const word of words) word.symbols = joined(word.symbols, left, right);
    merges.push(pair);
  }
  return merges;
}
