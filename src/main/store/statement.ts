import type Sqlite from 'better-sqlite3';
import type { Database } from './database.ts';

const prepared = new WeakMap<Database, Map<string, Sqlite.Statement>>();

/** A prepared statement, kept as long as its database: preparing costs more than most queries. */
export function statement(db: Database, sql: string): Sqlite.Statement {
  let statements = prepared.get(db);
  if (statements === undefined) {
    statements = new Map();
    prepared.set(db, statements);
  }
  let found = statements.get(sql);
  if (found === undefined) {
    found = db.prepare(sql);
    statements.set(sql, found);
  }
  return found;
}

/** The first row or undefined, as `Row`: the SQL names its columns as the type does. */
export function one<Row>(db: Database, sql: string, ...values: unknown[]): Row | undefined {
  return statement(db, sql).get(...values) as Row | undefined;
}

/** All rows, as `Row`. */
export function all<Row>(db: Database, sql: string, ...values: unknown[]): Row[] {
  return statement(db, sql).all(...values) as Row[];
}

/** Runs a statement that writes; answers how many rows it changed and the last row id. */
export function run(
  db: Database,
  sql: string,
  ...values: unknown[]
): { changes: number; lastId: number } {
  const result = statement(db, sql).run(...values);
  return { changes: result.changes, lastId: Number(result.lastInsertRowid) };
}
