import { renameSync, rmSync } from 'node:fs';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from './database.ts';

/** One numbered step of the schema; its SQL runs in one transaction together with the new number. */
export type Migration = {
  version: number;
  name: string;
  sql: string;
  /** SQL functions of one argument that the migration calls, and nothing after it. */
  functions?: Record<string, (value: unknown) => unknown>;
};

export function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** Throws `database-newer` where the database was written by a later version of this program. */
export function refuseNewer(db: Database, migrations: readonly Migration[]): void {
  const version = schemaVersion(db);
  const known = migrations.at(-1)?.version ?? 0;
  if (version > known) {
    throw new FaptError(
      'database-newer',
      `The database ${db.name} has schema version ${version}, but this version of FAPT Studio ` +
        `knows versions up to ${known}: update FAPT Studio, or choose another workspace.`,
    );
  }
}

/**
 * Brings the schema up to the last migration. Before a database that already holds a schema is
 * changed, a copy is kept beside it as `NAME.before-vN`. A failed migration leaves the version
 * before it, whole.
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[],
  log: (line: string) => void,
): void {
  refuseNewer(db, migrations);
  const pending = migrations.filter((migration) => migration.version > schemaVersion(db));
  if (pending.length === 0) return;
  if (schemaVersion(db) > 0) backUp(db, pending.at(-1)?.version ?? 0, log);
  for (const migration of pending) apply(db, migration);
}

function apply(db: Database, migration: Migration): void {
  const transaction = db.transaction(() => {
    if (schemaVersion(db) >= migration.version) return;
    for (const [name, apply] of Object.entries(migration.functions ?? {})) db.function(name, apply);
    db.exec(migration.sql);
    db.pragma(`user_version = ${migration.version}`);
  });
  try {
    transaction.immediate();
  } catch (cause) {
    throw new FaptError(
      'migration-failed',
      `The database ${db.name} could not be brought to schema version ${migration.version} ` +
        `(${migration.name}) and was left as it was: ${String(cause)}.`,
      { cause },
    );
  }
}

function backUp(db: Database, target: number, log: (line: string) => void): void {
  if (db.memory) return;
  const file = `${db.name}.before-v${target}`;
  // VACUUM INTO writes one consistent file, with what still is in the write-ahead log.
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  db.prepare('VACUUM INTO ?').run(partial);
  renameSync(partial, file);
  log(
    `The database is brought to schema version ${target}; a copy from before is kept as ${file}.`,
  );
}
