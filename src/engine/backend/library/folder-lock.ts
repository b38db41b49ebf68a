import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 3000;
const staleMs = 30_000;

/**
 * Runs `work` while this process alone holds the lock file `path`; others wait. The holder's
 * heartbeat is the file's time, so a lock left by a process that died is taken over, also where
 * the folder is shared between machines.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: () => void = () => {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let said = false;
  while (!(await tryLock(path))) {
    if (await isStale(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!said) onWait();
    said = true;
    await sleep(300);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // The file can only be missing where a person removed it; the work still ends well.
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${hostname()} ${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found) return false;
  if (Date.now() - found.mtimeMs > staleMs) return true;
  const [host, pid] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  return host === hostname() && pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
