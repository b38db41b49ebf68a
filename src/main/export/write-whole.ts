import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaptError, messageOf } from '../../shared/errors.ts';

/**
 * Writes a file a person asked for: under a temporary name beside it, then renamed, so that a file of
 * that name is never half of one. Folders are made.
 * @throws FaptError `disk-write` where the disk is full or refuses
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.partial`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error is the one to tell
    throw new FaptError(
      'disk-write',
      `${file} could not be written (${messageOf(cause)}): free some space or choose another folder.`,
      { cause },
    );
  }
}
