import { FaptError } from '../../shared/errors.ts';

/**
 * The text of a file: UTF-8 with or without a byte order mark, or UTF-16, which spreadsheets and
 * Windows editors write. Throws `text-encoding` for anything else.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes);
  try {
    // The decoder drops the byte order mark.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FaptError(
      'text-encoding',
      `${file} is not ${encoding.toUpperCase()} text: save it as UTF-8 and try again.`,
      { cause },
    );
  }
}

/** The encoding that a file's first bytes show. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a mark: JSON begins with an ASCII character, whose other byte is 0 in UTF-16.
  if (first !== undefined && first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be';
  return 'utf-8';
}

/** The text of a table, which Excel on Windows may write as Windows-1252; `assumed` says so. */
export function decodeTable(bytes: Uint8Array): { text: string; assumed: string | null } {
  const encoding = encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), assumed: null };
  } catch {
    // Every byte means something there, so nothing more can be told from the text itself.
    return { text: new TextDecoder('windows-1252').decode(bytes), assumed: 'Windows-1252' };
  }
}
