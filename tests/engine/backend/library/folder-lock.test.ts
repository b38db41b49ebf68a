import { mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLock } from '../../../../src/engine/backend/library/folder-lock.ts';

const lockPath = async () => join(await mkdtemp(join(tmpdir(), 'fapt-lock-')), 'deep', 'lock');

it('lets one at a time in, and tells the other that it waits', async () => {
  const path = await lockPath();
  const order: string[] = [];
  const isIn = Promise.withResolvers<void>();
  const isWaitedFor = Promise.withResolvers<void>();
  const first = withLock(path, async () => {
    order.push('first in');
    isIn.resolve();
    await isWaitedFor.promise;
    order.push('first out');
  });
  await isIn.promise;
  const second = withLock(
    path,
    async () => void order.push('second in'),
    () => {
      order.push('second waits');
      isWaitedFor.resolve();
    },
  );
  await Promise.all([first, second]);
  expect(order).toEqual(['first in', 'second waits', 'first out', 'second in']);
});

it('is free again after its work failed', async () => {
  const path = await lockPath();
  await expect(withLock(path, () => Promise.reject(new Error('disk full')))).rejects.toThrow(
    'disk full',
  );
  expect(await withLock(path, async () => 'in')).toBe('in');
});

it('takes over the lock of a process that died', async () => {
  const path = await lockPath();
  await withLock(path, async () => {});
  // Process ids end below 2^22 on Linux, so nobody has this one.
  await writeFile(path, `${hostname()} 99999999`);
  expect(await withLock(path, async () => 'in')).toBe('in');
});

it('takes over the lock of another machine whose heartbeat stopped', async () => {
  const path = await lockPath();
  await withLock(path, async () => {});
  await writeFile(path, 'elsewhere 1');
  const minutesAgo = new Date(Date.now() - 120_000);
  await utimes(path, minutesAgo, minutesAgo);
  expect(await withLock(path, async () => 'in')).toBe('in');
});
