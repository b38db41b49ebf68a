import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enqueueJob, getJob, nextJob } from '../../../src/main/store/jobs.ts';
import { getRun, setRunStatus } from '../../../src/main/store/runs.ts';
import { beat, lockFile, tryLock, unlock } from '../../../src/main/workspace/lock.ts';
import { processStart } from '../../../src/main/workspace/process-identity.ts';
import { openWorkspace, type Workspace } from '../../../src/main/workspace/workspace.ts';
import { fill, newRun } from '../store/fixtures.ts';

let folder: string;
let lines: string[];
let open: Workspace[];
let children: ChildProcess[];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'fapt-workspace-')), 'work');
  lines = [];
  open = [];
  children = [];
});
afterEach(() => {
  vi.useRealTimers();
  for (const workspace of open) if (workspace.db.open) workspace.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

async function openHere(write: boolean, waitMs = 0): Promise<Workspace> {
  const log = (line: string): void => void lines.push(line);
  const workspace = await openWorkspace(folder, { write, log, waitMs });
  open.push(workspace);
  return workspace;
}

/** Another process that owns the workspace, until its stdin ends; answers once it does. */
async function otherOwner(): Promise<ChildProcessByStdio<Writable, Readable, null>> {
  const script = fileURLToPath(new URL('owner-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

function pretendOwner(changes: object, ageMs = 0): void {
  const owner = {
    token: 'theirs',
    pid: process.pid,
    host: hostname(),
    processStart: processStart(process.pid),
    since: 1,
    ...changes,
  };
  writeFileSync(lockFile(folder), JSON.stringify(owner));
  const time = new Date(Date.now() - ageMs);
  utimesSync(lockFile(folder), time, time);
}

describe('openWorkspace', () => {
  it('says of a place where no folder can be, why', async () => {
    const at = (place: string) => openWorkspace(place, { write: true, log: () => {} });
    writeFileSync(join(folder, '..', 'taken'), '');
    await expect(at(join(folder, '..', 'taken', 'x'))).rejects.toMatchObject({
      code: 'workspace-folder',
      message: expect.stringMatching(/cannot be made \(a part of its path is a file\): choose/),
    });
  });

  it.skipIf(!existsSync('/proc/self'))('comes to an end where a folder takes none', async () => {
    const made = openWorkspace('/proc/none/work', { write: true, log: () => {} });
    await expect(made).rejects.toMatchObject({ code: 'workspace-folder' });
  });

  it('lays out the folder', async () => {
    const workspace = await openHere(true);
    for (const name of ['fapt.sqlite', 'blobs', 'runs', 'fapt.lock']) {
      expect(existsSync(join(folder, name)), name).toBe(true);
    }
    expect(workspace.owner()).toMatchObject({ pid: process.pid, host: hostname() });
    const runs = workspace.runFolder('abcd2345');
    expect(runs).toBe(join(folder, 'runs', 'abcd2345'));
    expect(existsSync(runs)).toBe(true);
    expect(() => workspace.runFolder('../../elsewhere')).toThrow('leads outside');
    workspace.close();
    expect(existsSync(join(folder, 'fapt.lock'))).toBe(false);
  });

  it('a reader finds an empty store in a new folder, and holds no lock', async () => {
    const reader = await openHere(false);
    expect(reader.writable).toBe(false);
    expect(reader.db.prepare('SELECT count(*) AS n FROM runs').get()).toEqual({ n: 0 });
    expect(() => reader.db.exec("INSERT INTO settings VALUES ('a', '1')")).toThrow('readonly');
    expect(reader.owner()).toBeNull();
    reader.runFolder('abcd2345');
    expect(existsSync(join(folder, 'runs', 'abcd2345'))).toBe(false);
  });

  it('says in a sentence that a folder cannot be made', async () => {
    writeFileSync(join(folder, '..', 'file'), '');
    folder = join(folder, '..', 'file', 'below');
    await expect(openHere(true)).rejects.toThrow('choose another with --workspace');
  });

  it('a database of a later version is refused, and the lock given back', async () => {
    (await openHere(true)).close();
    const db = new Sqlite(join(folder, 'fapt.sqlite'));
    db.pragma('user_version = 999');
    db.close();
    await expect(openHere(true)).rejects.toThrow('schema version 999');
    await expect(openHere(false)).rejects.toThrow('schema version 999');
    expect(existsSync(join(folder, 'fapt.lock'))).toBe(false);
  });
});

describe('one owner at a time', () => {
  it('a second writer is told whom it waits for, and gives up when told to', async () => {
    const child = await otherOwner();
    // Its time is over once it waits, however long the machine takes to look.
    vi.useFakeTimers({ toFake: ['Date'] });
    const log = (line: string): void => {
      lines.push(line);
      vi.advanceTimersByTime(600);
    };
    const opening = openWorkspace(folder, { write: true, log, waitMs: 600 });
    await expect(opening).rejects.toThrow(`is in use by process ${child.pid}`);
    expect(lines).toEqual([
      `Waiting for process ${child.pid} on ${hostname()}, which is working in ${folder}.`,
    ]);
  });

  it('a reader need not wait, and sees what the owner writes', async () => {
    const writer = await openHere(true);
    const reader = await openHere(false);
    fill(writer.db);
    expect(reader.db.prepare('SELECT name FROM models').all()).toEqual([{ name: 'tiny' }]);
    expect(reader.owner()?.pid).toBe(process.pid);
  });

  it('it goes on when the owner is done', async () => {
    const child = await otherOwner();
    const ended = once(child, 'close');
    let left = '';
    child.stdout.on('data', (text) => {
      left += text;
    });
    const opening = openHere(true, 60_000);
    await expect.poll(() => lines).toHaveLength(1);
    child.stdin.end();
    expect((await opening).owner()?.pid).toBe(process.pid);
    await ended;
    expect(left).toMatch(/^leaves/);
  });

  it('waiting can be broken off', async () => {
    await otherOwner();
    const stop = new AbortController();
    const options = { write: true, log: () => stop.abort(), signal: stop.signal };
    await expect(openWorkspace(folder, options)).rejects.toThrow(/abort/i);
  });

  it('it takes over from one that was killed', async () => {
    const child = await otherOwner();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(lockFile(folder))).toBe(true);
    const workspace = await openHere(true);
    expect(workspace.owner()?.pid).toBe(process.pid);
  });

  it('of several that wait for a dead one, one at a time gets it', async () => {
    const dead = await otherOwner();
    const script = fileURLToPath(new URL('owner-process.ts', import.meta.url));
    const waiting = [1, 2, 3].map(() => {
      const child = spawn(process.execPath, [script, folder, '200'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      children.push(child);
      let text = '';
      child.stdout.on('data', (data) => {
        text += data;
      });
      return once(child, 'close').then(() => text);
    });
    dead.kill('SIGKILL');
    const spans = (await Promise.all(waiting)).map((text) => text.match(/\d+/g)?.map(Number) ?? []);
    spans.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
    for (const [index, [has, leaves]] of spans.entries()) {
      expect(leaves).toBeGreaterThan(has ?? Number.POSITIVE_INFINITY);
      if (index > 0) expect(has).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0);
    }
  });
});

describe('whether an owner lives', () => {
  beforeEach(async () => (await openHere(true)).close());

  it.each<[string, object, number, boolean]>([
    ['this very process, silent for an hour', {}, 3_600_000, true],
    ['a pid nobody has', { pid: 2 ** 22 + 1 }, 0, false],
    ['another host, a second ago', { host: 'elsewhere' }, 1_000, true],
    ['another host, silent for a minute', { host: 'elsewhere' }, 60_000, false],
  ])('%s', async (_, changes, age, alive) => {
    pretendOwner(changes, age);
    expect('owner' in tryLock(folder)).toBe(alive);
  });

  it.runIf(processStart(process.pid) !== null)('a pid that another process got since', () => {
    pretendOwner({ processStart: 'earlier' });
    expect('token' in tryLock(folder)).toBe(true);
  });

  it('a lock file nobody can read belongs to nobody', () => {
    writeFileSync(lockFile(folder), 'not json');
    expect('token' in tryLock(folder)).toBe(true);
  });

  it('who was taken over from hears of it and leaves the new lock alone', () => {
    const answer = tryLock(folder);
    if (!('token' in answer)) throw new Error('no lock');
    expect(beat(folder, answer.token)).toBe(true);
    pretendOwner({ token: 'other' });
    expect(beat(folder, answer.token)).toBe(false);
    unlock(folder, answer.token);
    expect(readFileSync(lockFile(folder), 'utf8')).toContain('other');
  });
});

describe('statuses stay true', () => {
  it('what a killed owner left running is interrupted, for readers and for the next owner', async () => {
    const writer = await openHere(true);
    const data = { db: writer.db, ...fill(writer.db) };
    const { id } = newRun(data);
    writer.close();
    const child = await otherOwner();
    // Written as the other process would: it owns the workspace and runs the run.
    const db = new Sqlite(join(folder, 'fapt.sqlite'));
    db.prepare("UPDATE runs SET status = 'running', owner_pid = ?").run(child.pid);
    db.close();
    const before = await openHere(false);
    expect(getRun(before.db, id).status).toBe('running');
    before.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const reader = await openHere(false);
    expect(getRun(reader.db, id).status).toBe('interrupted');
    reader.close();
    const next = await openHere(true);
    expect(getRun(next.db, id)).toMatchObject({
      status: 'interrupted',
      statusReason: 'The process that ran it ended before it was done.',
    });
  });

  it('jobs and runs of this process are left running by its own readers', async () => {
    const writer = await openHere(true);
    const data = { db: writer.db, ...fill(writer.db) };
    const { id } = newRun(data);
    setRunStatus(writer.db, id, 'running');
    const job = enqueueJob(writer.db, { kind: 'train', payload: null, runId: id });
    nextJob(writer.db);
    const reader = await openHere(false);
    expect(getRun(reader.db, id).status).toBe('running');
    expect(getJob(reader.db, job.id).status).toBe('running');
  });
});
