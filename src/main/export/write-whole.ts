import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import { whyNotWritten } from '../workspace/why-not-written.ts';

/**
 * Writes a file a person asked for: under a temporary name beside it, then renamed, so that a file of
 * that name is never half of one. Folders are made. What is no file, such as `/dev/stdout`, is written to.
 * @throws FaptError `disk-write` where the disk is full or refuses
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  try {
    const found = await stat(file).catch(() => null);
    if (found && !found.isFile() && !found.isDirectory()) return await writeFile(file, content);
    // What a link leads to is replaced, not the link.
    await replace(found ? await realpath(file) : file, content);
  } catch (cause) {
    throw new FaptError(
      'disk-write',
      `${file} could not be written (${whyNotWritten(cause)}): free some space or choose another folder.`,
      { cause },
    );
  }
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.partial`);
  try {
    makeFolder(dirname(file));
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error is the one to tell
    throw error;
  }
}
