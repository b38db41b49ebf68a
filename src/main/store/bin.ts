import { FaptError } from '../../shared/errors.ts';
import type { MethodName } from '../../shared/run-config.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from './database.ts';
import { getRun, setRunStatus } from './runs.ts';
import { all, run } from './statement.ts';

export type BinRow = {
  id: string;
  method: MethodName;
  dataset: string;
  seed: number;
  deletedAt: number;
};

/** Runs in the bin, the last to come first. */
export function listBin(db: Database): BinRow[] {
  return all(
    db,
    `SELECT runs.id, runs.method, datasets.name AS dataset, runs.seed,
       runs.deleted_at AS deletedAt
     FROM runs JOIN datasets ON datasets.id = runs.dataset_id
     WHERE runs.deleted_at IS NOT NULL ORDER BY runs.deleted_at DESC, runs.id`,
  );
}

/** Throws `run-unknown`, and `run-busy` for a run that is being worked on. */
export function putInBin(db: Database, ids: readonly string[]): void {
  db.transaction(() => {
    for (const id of ids) {
      const { status } = getRun(db, id);
      if (status === 'running') {
        throw new FaptError('run-busy', `Run ${id} is being worked on: stop it first.`);
      }
      if (status === 'queued') setRunStatus(db, id, 'stopped', { reason: say('status.binned') });
      run(db, 'UPDATE runs SET deleted_at = ? WHERE id = ?', Date.now(), id);
    }
  })();
}

export function takeFromBin(db: Database, ids: readonly string[]): void {
  db.transaction(() => {
    for (const id of ids) run(db, 'UPDATE runs SET deleted_at = NULL WHERE id = ?', id);
  })();
}

/** Hashes of perturbations that outcomes of these runs hold, and no outcome of any other. */
export function perturbationsOf(db: Database, ids: readonly string[]): string[] {
  const rows = all<{ hash: string }>(
    db,
    `SELECT DISTINCT perturbation AS hash FROM outcomes
       JOIN evaluations ON evaluations.id = outcomes.evaluation_id
     WHERE perturbation IS NOT NULL AND run_id IN (SELECT value FROM json_each(:ids))
       AND NOT EXISTS (
         SELECT 1 FROM outcomes AS others
           JOIN evaluations AS elsewhere ON elsewhere.id = others.evaluation_id
         WHERE others.perturbation = outcomes.perturbation
           AND (elsewhere.run_id IS NULL
             OR elsewhere.run_id NOT IN (SELECT value FROM json_each(:ids))))`,
    { ids: JSON.stringify(ids) },
  );
  return rows.map(({ hash }) => hash);
}

/** Deletes rows of runs in the bin for good, with all that hangs on them. */
export function purgeRows(db: Database, ids: readonly string[]): void {
  db.transaction(() => {
    for (const id of ids) {
      run(db, 'DELETE FROM runs WHERE id = ? AND deleted_at IS NOT NULL', id);
    }
  })();
}

/** Gives pages that deleted rows left empty back to the disk; answers how many bytes that were. */
export function shrinkDatabase(db: Database): number {
  const size = () =>
    (db.pragma('page_count', { simple: true }) as number) *
    (db.pragma('page_size', { simple: true }) as number);
  const before = size();
  db.exec('VACUUM');
  db.pragma('wal_checkpoint(TRUNCATE)');
  return Math.max(0, before - size());
}
