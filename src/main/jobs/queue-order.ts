import type { Database } from '../store/database.ts';
import { run } from '../store/statement.ts';
import { waitingJobs } from './queue-items.ts';

/** Puts a waiting job before another, or at the end where that is null or not waiting any more. */
export function moveJob(db: Database, job: number, before: number | null): void {
  const others = waitingJobs(db)
    .map(({ id }) => id)
    .filter((id) => id !== job);
  const at = before === null ? -1 : others.indexOf(before);
  const order = others.toSpliced(at === -1 ? others.length : at, 0, job);
  // What is added later has priority 0 and so comes after all of these.
  db.transaction(() => {
    for (const [index, id] of order.entries()) {
      const priority = order.length - index;
      run(db, "UPDATE jobs SET priority = ? WHERE id = ? AND status = 'queued'", priority, id);
    }
  })();
}

/** Puts a waiting job before all others. */
export function moveToFront(db: Database, job: number): void {
  const first = waitingJobs(db).find(({ id }) => id !== job);
  moveJob(db, job, first?.id ?? null);
}
