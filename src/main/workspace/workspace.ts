import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { WorkspaceOrigin } from '../../shared/api/workspace.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { interruptAbandoned } from '../store/interrupt.ts';
import { schemaVersion } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { acquireLock, type HeldLock } from './acquire-lock.ts';
import { type LockOwner, liveOwner } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { resolveInside } from './paths.ts';
import { whyNotWritten } from './why-not-written.ts';
import { databaseFileOf, type WorkspacePlace, workspacePlace } from './workspace-place.ts';

export type Workspace = {
  /** Absolute. */
  folder: string;
  /** What decided for this folder. */
  origin: WorkspaceOrigin;
  databaseFile: string;
  blobFolder: string;
  db: Database;
  writable: boolean;
  /** Aborted when another process took the workspace over; never for a reader. */
  lost: AbortSignal;
  /** Absolute folder of a run; created when the workspace is writable. */
  runFolder(id: string): string;
  /** The process that writes and runs jobs here now, this one included. */
  owner(): LockOwner | null;
  close(): void;
};

export type OpenOptions = {
  write: boolean;
  log: (line: string) => void;
  /** How long a writer waits for another one; for ever if not given. */
  waitMs?: number;
  signal?: AbortSignal;
};

/**
 * Opens a workspace, making its folder and database on first use; `null` is the user's own, as
 * `workspacePlace` finds it.
 * A writer owns it until `close`, and what an owner before it left running becomes interrupted.
 * Throws `workspace-folder`, `workspace-busy`, `database-newer`, `database-broken`, and for the user's own
 * `workspace-choice`, `workspace-missing`.
 */
export async function openWorkspace(
  folder: string | null,
  options: OpenOptions,
): Promise<Workspace> {
  const place = workspacePlace(folder);
  const root = makeFolders(place.folder);
  if (options.write) return openAsWriter(place, options);
  // A reader cannot make tables; it becomes the writer for the moment that takes.
  if (!isCurrent(databaseFileOf(root))) (await openAsWriter(place, options)).close();
  const db = openDatabase(databaseFileOf(root), {
    readonly: true,
    liveOwnerPid: rememberFor(500, () => liveOwner(root)?.pid ?? null),
  });
  return workspaceOf(place, db, null);
}

async function openAsWriter(place: WorkspacePlace, options: OpenOptions): Promise<Workspace> {
  const lock = await acquireLock(place.folder, options);
  try {
    const db = openDatabase(databaseFileOf(place.folder), { log: options.log });
    interruptAbandoned(db, say('status.abandoned'));
    return workspaceOf(place, db, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function workspaceOf(place: WorkspacePlace, db: Database, lock: HeldLock | null): Workspace {
  const { folder: root, origin } = place;
  return {
    folder: root,
    origin,
    databaseFile: databaseFileOf(root),
    blobFolder: join(root, 'blobs'),
    db,
    writable: lock !== null,
    lost: lock?.lost ?? new AbortController().signal,
    runFolder(id) {
      const path = resolveInside(join(root, 'runs'), id);
      if (lock !== null) mkdirSync(path, { recursive: true });
      return path;
    },
    owner: () => liveOwner(root),
    close() {
      db.close();
      lock?.release();
    },
  };
}

function makeFolders(root: string): string {
  try {
    for (const name of ['blobs', 'runs']) makeFolder(join(root, name));
    return root;
  } catch (cause) {
    throw new FaptError(
      'workspace-folder',
      `The workspace folder ${root} cannot be made (${whyNotWritten(cause)}): choose another with --workspace.`,
      { cause },
    );
  }
}

/** The database is there and has the schema this program reads, or a newer one (refused later). */
function isCurrent(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    const db = new Sqlite(file, { readonly: true, timeout: 10_000 });
    try {
      return schemaVersion(db) >= (MIGRATIONS.at(-1)?.version ?? 0);
    } finally {
      db.close();
    }
  } catch {
    // Not a database: opening it says so in a sentence.
    return true;
  }
}

function rememberFor<T>(milliseconds: number, read: () => T): () => T {
  let value: T;
  let until = 0;
  return () => {
    if (Date.now() >= until) {
      value = read();
      until = Date.now() + milliseconds;
    }
    return value;
  };
}
