import { lstatSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listBin, perturbationsOf, purgeRows, shrinkDatabase } from '../store/bin.ts';
import { blobPath } from '../workspace/blobs.ts';
import { resolveInside } from '../workspace/paths.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Bytes of the files below a folder; 0 where it is not there. */
export function folderBytes(folder: string): number {
  const info = lstatSync(folder, { throwIfNoEntry: false });
  if (!info) return 0;
  if (!info.isDirectory()) return info.size;
  return readdirSync(folder).reduce((sum, name) => sum + folderBytes(join(folder, name)), 0);
}

/** Bytes of a run's checkpoints and other files. */
export function runBytes(workspace: Workspace, id: string): number {
  return folderBytes(resolveInside(join(workspace.folder, 'runs'), id));
}

/**
 * Deletes runs of the bin for good: their rows, their folders, and the perturbations that no other
 * run holds; null empties the bin. Answers what the disk got back.
 */
export async function purgeRuns(
  workspace: Workspace,
  wanted: readonly string[] | null,
): Promise<{ runs: number; freedBytes: number }> {
  const { db } = workspace;
  const binned = listBin(db).map(({ id }) => id);
  const ids = binned.filter((id) => wanted === null || wanted.includes(id));
  if (ids.length === 0) return { runs: 0, freedBytes: 0 };
  const blobs = perturbationsOf(db, ids).map((hash) => blobPath(workspace, hash));
  const folders = ids.map((id) => resolveInside(join(workspace.folder, 'runs'), id));
  // Rows go first: a crash in between leaves files without rows, never rows without files.
  purgeRows(db, ids);
  let freedBytes = 0;
  for (const path of [...blobs, ...folders]) {
    freedBytes += folderBytes(path);
    await rm(path, { recursive: true, force: true });
  }
  if (isWorthShrinking(workspace)) freedBytes += shrinkDatabase(db);
  return { runs: ids.length, freedBytes };
}

/** Rewriting a large database takes seconds: done where a tenth of it and at least a megabyte comes back. */
function isWorthShrinking({ db, databaseFile }: Workspace): boolean {
  const empty =
    (db.pragma('freelist_count', { simple: true }) as number) *
    (db.pragma('page_size', { simple: true }) as number);
  return empty > Math.max(2 ** 20, 0.1 * statSync(databaseFile).size);
}
