import type { Database } from './database.ts';
import { one, run } from './statement.ts';

/** With its images; refused by the database while runs or evaluations are about it. */
export function deleteDataset(db: Database, id: string): void {
  run(db, 'DELETE FROM datasets WHERE id = ?', id);
}

/** Refused by the database while runs or evaluations are about it. */
export function deleteModel(db: Database, id: string): void {
  run(db, 'DELETE FROM models WHERE id = ?', id);
}

/** Runs and evaluations whose numbers a model gave, those in the bin included. */
export function countModelUses(db: Database, id: string): number {
  const row = one<{ n: number }>(
    db,
    `SELECT (SELECT count(*) FROM runs WHERE model_id = :id)
       + (SELECT count(*) FROM evaluations WHERE model_id = :id) AS n`,
    { id },
  );
  return row?.n ?? 0;
}
