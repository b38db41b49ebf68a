import type { Database } from './database.ts';
import { all, run } from './statement.ts';

/** Something that was done to a dataset after its import. */
export type DatasetChange = {
  kind: string;
  /** One sentence for people. */
  message: string;
  /** What is needed to tell exactly what changed: old and new names, paths left out. */
  detail: unknown;
  /** Split hash before and after; equal where the lists stayed the same. */
  hashBefore: string;
  hashAfter: string;
  createdAt: number;
};

/** Within the caller's transaction. */
export function recordChange(
  db: Database,
  datasetId: string,
  change: Omit<DatasetChange, 'createdAt'>,
): void {
  run(
    db,
    `INSERT INTO dataset_changes
       (dataset_id, kind, message, detail, hash_before, hash_after, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    datasetId,
    change.kind,
    change.message,
    JSON.stringify(change.detail),
    change.hashBefore,
    change.hashAfter,
    Date.now(),
  );
}

/** Oldest first. */
export function listChanges(db: Database, datasetId: string): DatasetChange[] {
  const rows = all<Omit<DatasetChange, 'detail'> & { detail: string }>(
    db,
    `SELECT kind, message, detail, hash_before AS hashBefore, hash_after AS hashAfter,
       created_at AS createdAt FROM dataset_changes WHERE dataset_id = ? ORDER BY id`,
    datasetId,
  );
  return rows.map((row) => ({ ...row, detail: JSON.parse(row.detail) as unknown }));
}
