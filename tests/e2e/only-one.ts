import { mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A lock that a killed test left behind is stale after this long. */
const STALE_MS = 120_000;

/** Runs a piece of work in one test process at a time. */
export async function onlyOne<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = join(tmpdir(), `fapt-e2e-${name}.lock`);
  while (!(await made(lock))) await pause(100);
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function made(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const age = Date.now() - ((await stat(lock).catch(() => null))?.mtimeMs ?? Date.now());
    if (age > STALE_MS) await rm(lock, { recursive: true, force: true });
    return false;
  }
}
