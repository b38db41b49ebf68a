import type { Database } from './database.ts';
import { run } from './statement.ts';

/**
 * Marks as interrupted all that was running. Only the owner of the workspace runs jobs, so a new
 * owner that has started nothing yet knows that none of it goes on.
 */
export function interruptAbandoned(
  db: Database,
  reason: string,
): { runs: number; evaluations: number; jobs: number } {
  return db
    .transaction(() => ({
      // The run's last sign of life is when it ended, as far as anyone can tell.
      runs: run(
        db,
        `UPDATE runs SET status = 'interrupted', status_reason = ?, ended_at = updated_at,
           owner_pid = NULL WHERE status = 'running'`,
        reason,
      ).changes,
      evaluations: interrupt(db, 'evaluations', reason),
      jobs: interrupt(db, 'jobs', reason),
    }))
    .immediate();
}

function interrupt(db: Database, table: 'evaluations' | 'jobs', reason: string): number {
  return run(
    db,
    `UPDATE ${table} SET status = 'interrupted', status_reason = ?, owner_pid = NULL
     WHERE status = 'running'`,
    reason,
  ).changes;
}
