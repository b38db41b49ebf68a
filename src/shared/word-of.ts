const END_OF_WORD = '</w>';

/** A vocabulary piece as people read it: a piece that ends no word has a hyphen behind it. */
export function wordOf(token: string): string {
  if (token.endsWith(END_OF_WORD)) return token.slice(0, -END_OF_WORD.length);
  return token.startsWith('<|') ? token : `${token}-`;
}
