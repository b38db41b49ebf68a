import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { processExists, processStart } from './process-identity.ts';

const ownerSchema = z.object({
  token: z.string(),
  pid: z.int(),
  host: z.string(),
  /** See `processStart`; null where the system does not tell. */
  processStart: z.string().nullable(),
  since: z.number(),
});
/** The process that may write to a workspace and runs its jobs. */
export type LockOwner = z.infer<typeof ownerSchema>;

export const HEARTBEAT_MS = 2_000;
/** Without a sign of life for this long, an owner that cannot be looked at counts as dead. */
const DEAD_AFTER_MS = 30_000;

/** `fapt.lock`: who owns the workspace; its modification time is the heartbeat. */
export function lockFile(folder: string): string {
  return join(folder, 'fapt.lock');
}

/** The owner as written, alive or not; null where there is none. */
function readOwner(folder: string): LockOwner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(lockFile(folder), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    // The file is written aside and renamed, so one that cannot be read belongs to nobody.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** The owner if it lives, else null. */
export function liveOwner(folder: string): LockOwner | null {
  const owner = readOwner(folder);
  return owner !== null && isAlive(folder, owner) ? owner : null;
}

function isAlive(folder: string, owner: LockOwner): boolean {
  if (owner.host !== hostname()) return heartbeatAge(folder) < DEAD_AFTER_MS;
  if (!processExists(owner.pid)) return false;
  const start = processStart(owner.pid);
  if (start !== null && owner.processStart !== null) return start === owner.processStart;
  // Where the system gives no start time, a zombie and a reused pid are told by the heartbeat.
  return heartbeatAge(folder) < DEAD_AFTER_MS;
}

function heartbeatAge(folder: string): number {
  const stat = statSync(lockFile(folder), { throwIfNoEntry: false });
  return stat === undefined ? Number.POSITIVE_INFINITY : Date.now() - stat.mtimeMs;
}

/** Takes the lock for this process if nobody alive has it; answers the owner in the other case. */
export function tryLock(folder: string): { token: string } | { owner: LockOwner } {
  return underGuard(folder, () => {
    const owner = liveOwner(folder);
    if (owner !== null) return { owner };
    const token = randomBytes(16).toString('hex');
    const mine: LockOwner = {
      token,
      pid: process.pid,
      host: hostname(),
      processStart: processStart(process.pid),
      since: Date.now(),
    };
    const partial = `${lockFile(folder)}.${token}`;
    writeFileSync(partial, `${JSON.stringify(mine)}\n`, { flush: true });
    renameSync(partial, lockFile(folder));
    return { token };
  });
}

/** Gives a sign of life; false where the lock is no longer ours. */
export function beat(folder: string, token: string): boolean {
  if (readOwner(folder)?.token !== token) return false;
  const now = new Date();
  utimesSync(lockFile(folder), now, now);
  return true;
}

/** Gives the lock back, unless somebody took it over. */
export function unlock(folder: string, token: string): void {
  underGuard(folder, () => {
    if (readOwner(folder)?.token === token) rmSync(lockFile(folder), { force: true });
  });
}

/**
 * Looking at the owner and replacing it must be one step, or two that wait would both take over
 * from a dead one. SQLite's file locks do that, and vanish with the process.
 */
function underGuard<T>(folder: string, action: () => T): T {
  const guard = new Sqlite(`${lockFile(folder)}.guard`, { timeout: 10_000 });
  try {
    guard.exec('BEGIN EXCLUSIVE');
    return action();
  } finally {
    guard.close();
  }
}
