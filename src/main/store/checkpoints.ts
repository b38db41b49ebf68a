import type { Database } from './database.ts';
import { all, one, run } from './statement.ts';

export type CheckpointRow = {
  runId: string;
  step: number;
  epoch: number;
  /** Relative to the workspace. */
  path: string;
  sizeBytes: number;
  createdAt: number;
};

const SELECT = `SELECT run_id AS runId, step, epoch, path, size_bytes AS sizeBytes,
  created_at AS createdAt FROM checkpoints`;

/** One checkpoint a step; where one file is written over, only its newest row is true and stays. */
export function recordCheckpoint(db: Database, checkpoint: Omit<CheckpointRow, 'createdAt'>): void {
  db.transaction(() => {
    run(
      db,
      'DELETE FROM checkpoints WHERE run_id = :runId AND (step = :step OR path = :path)',
      checkpoint,
    );
    run(
      db,
      `INSERT INTO checkpoints (run_id, step, epoch, path, size_bytes, created_at)
       VALUES (:runId, :step, :epoch, :path, :sizeBytes, :createdAt)`,
      { ...checkpoint, createdAt: Date.now() },
    );
  })();
}

export function latestCheckpoint(db: Database, runId: string): CheckpointRow | null {
  return (
    one<CheckpointRow>(db, `${SELECT} WHERE run_id = ? ORDER BY step DESC LIMIT 1`, runId) ?? null
  );
}

export function listCheckpoints(db: Database, runId: string): CheckpointRow[] {
  return all(db, `${SELECT} WHERE run_id = ? ORDER BY step`, runId);
}
