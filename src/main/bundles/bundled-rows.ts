import type { Database } from '../store/database.ts';
import { all, run } from '../store/statement.ts';
import { BUNDLED } from '../workspace/resources.ts';

/** What a bundle is called inside its archive. */
export const BUNDLE_DATABASE = 'run.sqlite';

/** Columns that triggers derive from others. */
const DERIVED: Record<string, readonly string[]> = {
  runs: ['natural_evaluation', 'natural_accuracy', 'robust_evaluation', 'robust_accuracy'],
  evaluations: ['n', 'clean_right', 'attacked', 'robust_right'],
};

export type CopyOptions = {
  /** Schema names, as attached. */
  from: string;
  to: string;
  /** SQL condition on the source's rows. */
  where: string;
  /** SQL expressions in place of columns. */
  instead?: Record<string, string>;
  values?: Record<string, unknown>;
};

/**
 * SQL for what stands in place of a stored path, in a bundle and out of one: paths of a machine are
 * nobody else's, and what a bundle says is no reason to read or remove a file here. Files that come
 * with the application, and models of random weights, are the same everywhere.
 */
export function elsewhere(column: string): string {
  return `CASE WHEN ${column} LIKE 'random:%' OR
      (${column} LIKE '${BUNDLED}%' AND instr(${column}, '..') = 0) THEN ${column}
    ELSE 'elsewhere/' || replace(name, '..', '_') END`;
}

/** Copies a table's rows between two attached databases of one schema version. */
export function copyRows(db: Database, table: string, options: CopyOptions): void {
  const { from, to, where, instead = {}, values = {} } = options;
  const columns = all<{ name: string }>(
    db,
    `SELECT name FROM pragma_table_info('${table}', '${to}')`,
  )
    .map(({ name }) => name)
    .filter((name) => !DERIVED[table]?.includes(name));
  const selected = columns.map((name) => instead[name] ?? name);
  run(
    db,
    `INSERT INTO ${to}.${table} (${columns.join(', ')})
     SELECT ${selected.join(', ')} FROM ${from}.${table} WHERE ${where}`,
    values,
  );
}
