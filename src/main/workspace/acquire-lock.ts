import { setTimeout as sleep } from 'node:timers/promises';
import { FaptError } from '../../shared/errors.ts';
import { beat, HEARTBEAT_MS, type LockOwner, tryLock, unlock } from './lock.ts';

export type HeldLock = {
  /** Aborted when another process took the lock over while this one was silent. */
  lost: AbortSignal;
  release(): void;
};

export type AcquireOptions = {
  log: (line: string) => void;
  /** How long to wait for another owner; for ever if not given. */
  waitMs?: number;
  signal?: AbortSignal | undefined;
};

const POLL_MS = 250;

/**
 * Waits until this process owns the workspace, saying once on the log whom it waits for.
 * Throws `workspace-busy` after `waitMs`, and the signal's reason.
 */
export async function acquireLock(folder: string, options: AcquireOptions): Promise<HeldLock> {
  const deadline = Date.now() + (options.waitMs ?? Number.POSITIVE_INFINITY);
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = tryLock(folder);
    if ('token' in answer) return hold(folder, answer.token);
    if (Date.now() >= deadline) throw busy(folder, answer.owner);
    if (!told) {
      options.log(`Waiting for ${describe(answer.owner)}, which is working in ${folder}.`);
      told = true;
    }
    await sleep(Math.min(POLL_MS, deadline - Date.now()), undefined, {
      signal: options.signal,
    });
  }
}

function hold(folder: string, token: string): HeldLock {
  const lost = new AbortController();
  const timer = setInterval(() => {
    if (beat(folder, token)) return;
    clearInterval(timer);
    const reason = `Another process took over the workspace ${folder} while this one was silent: start again what was running.`;
    lost.abort(new FaptError('workspace-lost', reason));
  }, HEARTBEAT_MS);
  // The heartbeat alone keeps no process from ending.
  timer.unref();
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    clearInterval(timer);
    process.off('exit', release);
    unlock(folder, token);
  };
  process.on('exit', release);
  return { lost: lost.signal, release };
}

function describe(owner: LockOwner): string {
  return `process ${owner.pid} on ${owner.host}`;
}

function busy(folder: string, owner: LockOwner): FaptError {
  return new FaptError(
    'workspace-busy',
    `The workspace ${folder} is in use by ${describe(owner)}: wait until it is done, stop it, or choose another workspace.`,
  );
}
