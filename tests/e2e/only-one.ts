import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Who holds the lock touches it this often, however long its work takes. */
const TOUCH_MS = 5000;
/** A lock that nobody has touched for so long was left behind by a killed test. */
const STALE_MS = 60_000;

/** Runs a piece of work in one test process at a time. */
export async function onlyOne<T>(name: string, work: () => Promise<T>): Promise<T> {
  const lock = join(tmpdir(), `fapt-e2e-${name}.lock`);
  while (!(await made(lock))) await pause(100);
  const touching = setInterval(() => {
    void utimes(lock, new Date(), new Date()).catch(() => {});
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
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
