import Sqlite from 'better-sqlite3';
import { FaptError } from '../../shared/errors.ts';
import { migrate, refuseNewer } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';

export type Database = Sqlite.Database;

export type OpenDatabaseOptions = {
  log?: (line: string) => void;
  /** No writes and no migrations; the file must exist. */
  readonly?: boolean;
  /** Process id of the one that runs jobs in this workspace now, null when there is none. */
  liveOwnerPid?: () => number | null;
};

const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens a store and brings its schema up to date. Queries use the SQL function
 * `live_owner_pid()`, so a run is shown as running only while its owner lives.
 * Throws `database-broken` where the file is not a database, `database-newer`.
 */
export function openDatabase(file: string, options: OpenDatabaseOptions = {}): Database {
  const readonly = options.readonly ?? false;
  let db: Database | null = null;
  try {
    db = new Sqlite(file, { readonly, fileMustExist: readonly, timeout: BUSY_TIMEOUT_MS });
    configure(db, readonly, options.liveOwnerPid ?? (() => process.pid));
    if (readonly) refuseNewer(db, MIGRATIONS);
    else migrate(db, MIGRATIONS, options.log ?? (() => {}));
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof FaptError) throw cause;
    throw new FaptError(
      'database-broken',
      `The database ${file} cannot be opened (${String(cause)}): restore it from a backup, or choose another workspace.`,
      { cause },
    );
  }
}

function configure(db: Database, readonly: boolean, liveOwnerPid: () => number | null): void {
  if (!readonly) {
    db.pragma('journal_mode = WAL');
    // With WAL a power cut may lose the last transactions but never breaks the file.
    db.pragma('synchronous = NORMAL');
  }
  db.pragma('foreign_keys = ON');
  db.function('live_owner_pid', liveOwnerPid);
}
