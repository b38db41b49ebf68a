/** A word that bash reads as `text`, whatever is in it; plain words stay as they are. */
export function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command as it is typed. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}
