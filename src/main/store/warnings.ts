import type { Warning } from '../../shared/results.ts';
import type { Database } from './database.ts';
import { all, one, run } from './statement.ts';

/** What a warning belongs to. */
export type WarningOwner = { runId: string } | { evaluationId: number } | { datasetId: string };

/** Keeps a warning with its owner; the same one twice is kept once. */
export function recordWarning(db: Database, owner: WarningOwner, warning: Warning): void {
  const { column, id } = ownerColumn(owner);
  const known = one(
    db,
    `SELECT 1 FROM warnings WHERE ${column} = ? AND code = ? AND message = ?`,
    id,
    warning.code,
    warning.message,
  );
  if (known !== undefined) return;
  run(
    db,
    `INSERT INTO warnings (${column}, code, message, created_at) VALUES (?, ?, ?, ?)`,
    id,
    warning.code,
    warning.message,
    Date.now(),
  );
}

/** Oldest first. */
export function listWarnings(db: Database, owner: WarningOwner): Warning[] {
  const { column, id } = ownerColumn(owner);
  return all(db, `SELECT code, message FROM warnings WHERE ${column} = ? ORDER BY id`, id);
}

function ownerColumn(owner: WarningOwner): { column: string; id: string | number } {
  if ('runId' in owner) return { column: 'run_id', id: owner.runId };
  if ('evaluationId' in owner) return { column: 'evaluation_id', id: owner.evaluationId };
  return { column: 'dataset_id', id: owner.datasetId };
}
