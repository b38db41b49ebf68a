import { FaptError } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';

/** What may follow what, for runs, evaluations and jobs alike. */
const FOLLOWS: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['running', 'paused', 'stopped', 'failed'],
  running: ['paused', 'interrupted', 'stopped', 'failed', 'finished'],
  paused: ['queued', 'running', 'interrupted', 'stopped', 'failed'],
  interrupted: ['queued', 'running', 'stopped', 'failed'],
  stopped: ['queued', 'running'],
  failed: ['queued', 'running'],
  // More epochs, or more examples, on top of what was finished.
  finished: ['queued', 'running'],
};

const ENDED: readonly RunStatus[] = ['interrupted', 'stopped', 'failed', 'finished'];

/** Throws `status-refused` where the change would make the record untrue. */
export function refuseStatusChange(what: string, from: RunStatus, to: RunStatus): void {
  if (from === to || FOLLOWS[from].includes(to)) return;
  throw new FaptError(
    'status-refused',
    `${what} is ${from} and cannot become ${to}: look at it again, it changed in the meantime.`,
  );
}

/** Nothing works on it any more. */
export function isEnded(status: RunStatus): boolean {
  return ENDED.includes(status);
}

/**
 * The true status of a row as SQL: one that is stored as running, but whose owner is not the
 * process that runs jobs in this workspace now, was interrupted.
 */
export function trueStatus(table: string): string {
  return `CASE WHEN ${table}.status = 'running' AND ${table}.owner_pid IS NOT live_owner_pid()
    THEN 'interrupted' ELSE ${table}.status END`;
}

/** `trueStatus(table) = status`, written so that an index on the stored status serves it. */
export function hasStatus(table: string, status: RunStatus): string {
  const stored = `${table}.status = '${status}'`;
  const alive = `${table}.owner_pid IS live_owner_pid()`;
  if (status === 'running') return `(${stored} AND ${alive})`;
  if (status !== 'interrupted') return stored;
  return `(${stored} OR (${table}.status = 'running' AND NOT (${alive})))`;
}
