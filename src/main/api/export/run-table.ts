import type { RunTable } from '../../../shared/api/export.ts';
import type { ExportTable } from '../../../shared/export-table.ts';
import type { Database } from '../../store/database.ts';
import { accuracyTable } from './accuracy-table.ts';
import { classTable } from './class-table.ts';
import { outcomeTable } from './outcome-tables.ts';

const TABLES: Record<RunTable, (db: Database, ids: readonly string[]) => ExportTable> = {
  accuracies: accuracyTable,
  classes: classTable,
  outcomes: outcomeTable,
};

/** A table of runs. @throws FaptError `run-unknown`, `not-evaluated`, `not-comparable` */
export function runTable(db: Database, of: RunTable, ids: readonly string[]): ExportTable {
  return TABLES[of](db, ids);
}
