import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaptError, messageOf } from '../shared/errors.ts';

/**
 * Writes a file under a temporary name, then renames it: readers see all of it or nothing.
 *
 * @param bytes all at once, or piece by piece where they would not fit in memory together
 * @throws FaptError `disk-write` where the disk is full or refuses; what the pieces' source throws
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      // A rename that reaches the disk before the bytes would leave an empty file after a power cut.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {}); // the first error is the one to tell
    if (cause instanceof FaptError) throw cause;
    throw new FaptError(
      'disk-write',
      `${path} could not be written (${messageOf(cause)}): free some space or check the folder's permissions, then go on.`,
      { cause },
    );
  }
}
