import { FaptError } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';
import type { Database } from './database.ts';
import { hasStatus, isEnded, refuseStatusChange, trueStatus } from './run-status.ts';
import { all, one, run } from './statement.ts';

/** A piece of work that waits for, or has, its turn. */
export type JobRow = {
  id: number;
  kind: string;
  payload: unknown;
  runId: string | null;
  evaluationId: number | null;
  /** Higher goes first. */
  priority: number;
  status: RunStatus;
  statusReason: string | null;
  /** 0 to 1. */
  progress: number;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  ownerPid: number | null;
};

export type NewJob = {
  kind: string;
  payload: unknown;
  runId?: string | null;
  evaluationId?: number | null;
  priority?: number;
};

const SELECT = `SELECT id, kind, payload, run_id AS runId, evaluation_id AS evaluationId, priority,
  ${trueStatus('jobs')} AS status, status_reason AS statusReason, progress,
  created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt, owner_pid AS ownerPid
  FROM jobs`;

export function enqueueJob(db: Database, job: NewJob): JobRow {
  const { lastId } = run(
    db,
    `INSERT INTO jobs (kind, payload, run_id, evaluation_id, priority, status, created_at)
     VALUES (:kind, :payload, :runId, :evaluationId, :priority, 'queued', :now)`,
    {
      kind: job.kind,
      payload: JSON.stringify(job.payload ?? null),
      runId: job.runId ?? null,
      evaluationId: job.evaluationId ?? null,
      priority: job.priority ?? 0,
      now: Date.now(),
    },
  );
  return getJob(db, lastId);
}

/** Throws `job-unknown`. */
export function getJob(db: Database, id: number): JobRow {
  const row = one<JobRow & { payload: string }>(db, `${SELECT} WHERE id = ?`, id);
  if (row !== undefined) return fromStored(row);
  throw new FaptError('job-unknown', `There is no job ${id} in this workspace.`);
}

/** Takes the next queued job (highest priority, then oldest) and marks it running; null when none waits. */
export function nextJob(db: Database): JobRow | null {
  return db
    .transaction(() => {
      const row = one<{ id: number }>(
        db,
        "SELECT id FROM jobs WHERE status = 'queued' ORDER BY priority DESC, id LIMIT 1",
      );
      if (row === undefined) return null;
      setJobStatus(db, row.id, 'running');
      return getJob(db, row.id);
    })
    .immediate();
}

/** Like `setRunStatus`. Throws `status-refused`. */
export function setJobStatus(
  db: Database,
  id: number,
  status: RunStatus,
  reason: string | null = null,
): void {
  refuseStatusChange(`Job ${id}`, getJob(db, id).status, status);
  const running = status === 'running';
  run(
    db,
    `UPDATE jobs SET status = :status, status_reason = :reason,
       started_at = CASE WHEN :running THEN coalesce(started_at, :now) ELSE started_at END,
       ended_at = CASE WHEN :ended THEN :now ELSE NULL END,
       owner_pid = :ownerPid
     WHERE id = :id`,
    {
      id,
      status,
      reason,
      now: Date.now(),
      running: running ? 1 : 0,
      ended: isEnded(status) ? 1 : 0,
      ownerPid: running ? process.pid : null,
    },
  );
}

/** `progress` from 0 to 1. */
export function setJobProgress(db: Database, id: number, progress: number): void {
  run(db, 'UPDATE jobs SET progress = ? WHERE id = ?', progress, id);
}

/** All jobs, or those in these statuses, oldest first. */
export function listJobs(db: Database, statuses?: readonly RunStatus[]): JobRow[] {
  const any = statuses?.map((status) => hasStatus('jobs', status)).join(' OR ');
  const where = any === undefined ? '' : ` WHERE ${any === '' ? 'FALSE' : any}`;
  return all<JobRow & { payload: string }>(db, `${SELECT}${where} ORDER BY id`).map(fromStored);
}

function fromStored(row: JobRow & { payload: string }): JobRow {
  return { ...row, payload: JSON.parse(row.payload) };
}
