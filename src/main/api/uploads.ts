import { mkdirSync } from 'node:fs';
import { appendFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { all } from '../store/statement.ts';
import { isInside, resolveInside } from '../workspace/paths.ts';
import type { Workspace } from '../workspace/workspace.ts';

type Upload = { upload: string; path: string; bytes: Uint8Array; at: number };
type Place = Pick<Workspace, 'folder'>;

const uploadsFolder = ({ folder }: Place) => join(folder, 'uploads');

/**
 * Keeps a file that was dropped on a browser's window, or the part of it from byte `at` on, as part of
 * one drop. Throws `path-outside` where its path would leave the drop's folder, `file-exists`.
 */
export async function keepUpload(
  workspace: Place,
  { upload, path, bytes, at }: Upload,
): Promise<{ folder: string; file: string }> {
  const folder = join(uploadsFolder(workspace), upload);
  mkdirSync(folder, { recursive: true });
  const file = resolveInside(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  try {
    // Two files of one drop that have one name would silently be one.
    if (at === 0) await writeFile(file, bytes, { flag: 'wx' });
    else await goOn(file, bytes, at);
  } catch (cause) {
    throw new FaptError(
      'file-exists',
      `The dropped file "${path}" cannot be kept (${(cause as Error).message}): drop the files again.`,
      { cause },
    );
  }
  return { folder, file };
}

async function goOn(file: string, bytes: Uint8Array, at: number): Promise<void> {
  const { size } = await stat(file);
  if (size !== at) throw new Error(`it has ${size} bytes and not ${at}`);
  await appendFile(file, bytes);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Deletes drops of earlier days that no dataset and no model came of. */
export async function dropUnusedUploads(
  { folder, db }: Workspace,
  now = Date.now(),
): Promise<void> {
  const root = uploadsFolder({ folder });
  const used = all<{ path: string }>(
    db,
    `SELECT image_root AS path FROM datasets UNION SELECT source FROM datasets
     UNION SELECT path FROM models`,
  );
  const names = await readdir(root).catch(() => []); // Nothing was ever dropped.
  for (const name of names) {
    const upload = join(root, name);
    const isUsed = used.some(({ path }) => isInside(upload, path));
    const { mtimeMs } = await stat(upload);
    if (!isUsed && now - mtimeMs > DAY_MS) await rm(upload, { recursive: true, force: true });
  }
}

/** Deletes the drop that a path lies in; anything outside the uploads is left alone. */
export async function removeUpload(workspace: Place, path: string): Promise<void> {
  const root = uploadsFolder(workspace);
  if (!isInside(root, path)) return;
  const [upload] = relative(root, path).split(sep);
  if (upload) await rm(join(root, upload), { recursive: true, force: true });
}
