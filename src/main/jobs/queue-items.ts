import { JOB_KINDS, type QueueItem } from '../../shared/api/queue.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { RunStatus } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from '../store/database.ts';
import type { JobRow } from '../store/jobs.ts';
import { getJob, listJobs } from '../store/jobs.ts';
import { one } from '../store/statement.ts';
import { demoPayloadSchema } from './queue-work.ts';

/** What `JobQueue.list` answers. */
export type QueueList = {
  running: QueueItem | null;
  waiting: QueueItem[];
  held: QueueItem[];
  ended: QueueItem[];
  blocked: string | null;
};

type NamedRun = { method: keyof typeof METHODS; dataset: string; seed: number };

/** A job as the window shows it. */
export function queueItem(db: Database, job: JobRow): QueueItem {
  const { id, runId, status, statusReason, progress, createdAt, startedAt, endedAt } = job;
  const kind = JOB_KINDS.find((known) => known === job.kind) ?? 'run';
  const title = kind === 'demo' ? demoTitle(job) : runTitle(db, runId);
  const times = { createdAt, startedAt, endedAt };
  return { job: id, kind, run: runId, title, status, statusReason, progress, ...times };
}

function demoTitle({ payload }: JobRow): string {
  const { dataset, seeds } = demoPayloadSchema.parse(payload);
  const [seed = ''] = seeds;
  if (seeds.length <= 1) return say('title.demo', { dataset, seed });
  return say('title.demo-seeds', { dataset, seeds: seeds.join(', ') });
}

/** `CBA-FAPT, demo-mammals, seed 1` */
function runTitle(db: Database, runId: string | null): string {
  const run = one<NamedRun>(
    db,
    `SELECT method, datasets.name AS dataset, seed FROM runs
     JOIN datasets ON datasets.id = runs.dataset_id WHERE runs.id = ?`,
    runId,
  );
  if (!run) return `run ${runId}`;
  const { dataset, seed } = run;
  return say('title.run', { method: METHODS[run.method].title, dataset, seed });
}

/** Jobs that wait, in the order in which they are taken. */
export function waitingJobs(db: Database): JobRow[] {
  return listJobs(db, ['queued']).sort((a, b) => b.priority - a.priority || a.id - b.id);
}

/** The newest job of a run, whatever became of it. */
export function newestJobOf(db: Database, runId: string): JobRow | null {
  const row = one<{ id: number }>(
    db,
    'SELECT id FROM jobs WHERE run_id = ? ORDER BY id DESC LIMIT 1',
    runId,
  );
  return row ? getJob(db, row.id) : null;
}

/** The newest jobs in these statuses. */
export function newestJobs(db: Database, statuses: readonly RunStatus[], limit: number): JobRow[] {
  return listJobs(db, statuses)
    .sort((a, b) => (b.endedAt ?? b.createdAt) - (a.endedAt ?? a.createdAt) || b.id - a.id)
    .slice(0, limit);
}
