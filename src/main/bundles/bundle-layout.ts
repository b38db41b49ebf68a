import Sqlite from 'better-sqlite3';
import { migrate, refuseNewer, schemaVersion } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/migrations/index.ts';
import { all } from '../store/statement.ts';

/**
 * Why a bundle's database is not one that this program wrote; null where it may be opened. Its tables,
 * triggers and views must be ours to the letter, since those of a crafted file would run here.
 * @throws FaptError `database-newer`
 */
export function strangeLayout(database: string): string | null {
  const theirs = new Sqlite(database, { readonly: true, fileMustExist: true });
  const ours = new Sqlite(':memory:');
  try {
    refuseNewer(theirs, MIGRATIONS);
    const version = schemaVersion(theirs);
    migrate(
      ours,
      MIGRATIONS.filter((migration) => migration.version <= version),
      () => {},
    );
    if (layoutOf(theirs) !== layoutOf(ours)) return 'its tables are not those of a workspace';
    const state = theirs.pragma('quick_check(1)', { simple: true });
    return state === 'ok' ? null : `it is damaged: ${state}`;
  } finally {
    theirs.close();
    ours.close();
  }
}

function layoutOf(db: Sqlite.Database): string {
  return JSON.stringify(
    all(db, 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name'),
  );
}
