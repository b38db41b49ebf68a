import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { whyNotWritten } from '../workspace/why-not-written.ts';

/**
 * Looks, before the work begins, whether its results could be written: a file whose name no folder has, or
 * a folder, which may have to be made.
 * @throws FaptError `disk-write`
 */
export async function requireWritable(path: string, kind: 'file' | 'folder'): Promise<void> {
  const found = await statOf(path);
  if (found) {
    if (kind === 'file' && found.isDirectory()) {
      throw refusal(`${path} is a folder: give the name of a file.`);
    }
    if (kind === 'folder' && !found.isDirectory()) {
      throw refusal(`${path} is a file: give the name of a folder.`);
    }
  }
  // A file is written beside its name and renamed, so its folder must take new files.
  await requireFolder(path, found && kind === 'folder' ? path : dirname(path));
}

/** The folder, or the nearest above it that is there. */
async function requireFolder(path: string, folder: string): Promise<void> {
  const found = await statOf(folder);
  if (found === null) {
    const above = dirname(folder);
    return above === folder ? undefined : requireFolder(path, above);
  }
  if (!found.isDirectory()) {
    throw refusal(`${path} cannot be made, since ${folder} is a file: choose another place.`);
  }
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusal(`${path} cannot be made (${whyNotWritten(cause)}): choose another place.`, cause);
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw refusal(`${path} cannot be made (${whyNotWritten(cause)}): choose another place.`, cause);
  }
}

function refusal(message: string, cause?: unknown): FaptError {
  return new FaptError('disk-write', message, { cause });
}
