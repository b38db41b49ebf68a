import { readFileSync } from 'node:fs';
import { FaptError } from '../../../shared/errors.ts';
import { decodeText } from '../decode-text.ts';

/** Throws `file-missing`. */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FaptError(
      'file-missing',
      missing
        ? `There is no file ${file}: check the path.`
        : `${file} cannot be read (${(cause as Error).message}): check the path and its rights.`,
      { cause },
    );
  }
}

/** Lines of a text file without their ends; empty ones are left out. */
export function readLines(file: string): string[] {
  const lines = decodeText(readBytes(file), file).split(/\r\n|\r|\n/);
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}
