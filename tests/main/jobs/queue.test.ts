import { afterEach, describe, expect, it } from 'vitest';
import { openAppHost } from '../../../src/main/api/app-host.ts';
import { getRun } from '../../../src/main/store/runs.ts';
import { listWarnings } from '../../../src/main/store/warnings.ts';
import { DIED, steppedEngine } from '../fixtures/stepped-engine.ts';
import { openTestHost, type TestHost } from '../fixtures/test-host.ts';

const TOTAL = 6;
let test: TestHost;
afterEach(() => test.dispose());

async function open() {
  const engine = steppedEngine(TOTAL);
  test = await openTestHost(() => engine.calls);
  const { queue, app } = test.host;
  const statusOf = (run: { id: string }) => getRun(app.db, run.id).status;
  const begun = (n: number) => expect.poll(() => engine.started.length).toBe(n);
  return { engine, queue, db: app.db, statusOf, begun };
}

describe('the queue', () => {
  it('does one job after another in the order that was chosen', async () => {
    const { engine, queue, begun } = await open();
    const items = [1, 2, 3, 4].map((seed) => queue.enqueueRun(test.createRun(seed).id));
    await begun(1);
    const [, second, third, fourth] = items.map(({ job }) => job);
    queue.move(fourth ?? 0, second ?? 0);
    queue.runNext(third ?? 0);
    expect(queue.list().waiting.map(({ job }) => job)).toEqual([third, fourth, second]);
    expect(queue.list().running).toMatchObject({ job: items[0]?.job, title: 'FAP, tiny, seed 1' });
    engine.go();
    await queue.idle();
    expect(engine.started).toEqual([1, 3, 4, 2]);
    expect(queue.list().ended.map(({ status }) => status)).toEqual(Array(4).fill('finished'));
  });

  it('queues a run once, and says of one that is taken out that it never began', async () => {
    const { engine, queue, statusOf, begun } = await open();
    const [first, second] = [test.createRun(1), test.createRun(2)];
    const { job } = queue.enqueueRun(first.id);
    await begun(1);
    expect(queue.enqueueRun(first.id).job).toBe(job);
    const waiting = queue.enqueueRun(second.id);
    expect(() => queue.remove(job)).toThrow('cancel it first');
    queue.remove(waiting.job);
    expect(statusOf(second)).toBe('stopped');
    engine.go();
    await queue.idle();
    expect(engine.started).toEqual([1]);
  });

  it('pauses at the next step, begins nothing else, and goes on from there', async () => {
    const { engine, queue, statusOf, begun } = await open();
    const [first, second] = [test.createRun(1), test.createRun(2)];
    const { job } = queue.enqueueRun(first.id);
    queue.enqueueRun(second.id);
    await begun(1);
    queue.pauseCurrent();
    expect(queue.current()?.asked).toBe('pause');
    engine.step();
    await queue.idle();
    expect(statusOf(first)).toBe('paused');
    expect(queue.list()).toMatchObject({ running: null, held: [{ job, status: 'paused' }] });
    expect(queue.list().blocked).toMatch('paused');
    queue.resume(job);
    await begun(2);
    engine.go();
    await queue.idle();
    expect(engine.started).toEqual([1, 1, 2]);
    expect(statusOf(first)).toBe('finished');
  });

  it('ends a training early and keeps what it learned, with a warning beside it', async () => {
    const { engine, queue, db, begun } = await open();
    const run = test.createRun(1);
    queue.enqueueRun(run.id);
    await begun(1);
    await expect.poll(() => getRun(db, run.id).status).toBe('running');
    queue.stopAndKeep();
    engine.step();
    await queue.idle();
    expect(getRun(db, run.id)).toMatchObject({ status: 'finished', step: 1, totalSteps: TOTAL });
    expect(getRun(db, run.id).statusReason).toMatch('step 1 of 6');
    const codes = listWarnings(db, { runId: run.id }).map(({ code }) => code);
    expect(codes).toContain('stopped-early');
    expect(() => queue.stopAndKeep()).toThrow('No job is at work');
  });

  it('cancels: the run can be gone on with, and the next job begins', async () => {
    const { engine, queue, statusOf, begun } = await open();
    const [first, second] = [test.createRun(1), test.createRun(2)];
    queue.enqueueRun(first.id);
    queue.enqueueRun(second.id);
    await begun(1);
    queue.cancelCurrent();
    engine.step();
    await begun(2);
    expect(statusOf(first)).toBe('stopped');
    engine.go();
    await queue.idle();
    expect(statusOf(second)).toBe('finished');
    expect(queue.enqueueRun(first.id)).toMatchObject({ run: first.id });
    await queue.idle();
    expect(statusOf(first)).toBe('finished');
  });

  it('ends an engine that does not hear a cancel, and starts another for the next job', async () => {
    const { engine, queue, statusOf, begun } = await open();
    const first = test.createRun(1);
    queue.enqueueRun(first.id);
    await begun(1);
    queue.cancelCurrent();
    await expect.poll(() => test.engines[0]?.killed).toBe(true);
    // A killed process fails its calls.
    engine.die();
    await queue.idle();
    expect(statusOf(first)).toBe('stopped');
    expect(getRun(test.host.app.db, first.id).statusReason).toMatch('last checkpoint');
    engine.revive();
    queue.enqueueRun(test.createRun(2).id);
    await begun(2);
    expect(test.engines).toHaveLength(2);
    engine.go();
    await queue.idle();
  });

  it('tells of a dead engine, calls nothing in it, and goes on after a restart', async () => {
    const { engine, queue, statusOf, begun } = await open();
    const { host } = test;
    const [first, second] = [test.createRun(1), test.createRun(2)];
    const { job } = queue.enqueueRun(first.id);
    queue.enqueueRun(second.id);
    await begun(1);
    await expect.poll(() => host.status().engine.state).toBe('busy');
    engine.die();
    test.engines[0]?.die(DIED);
    await queue.idle();
    expect(statusOf(first)).toBe('interrupted');
    expect(host.status().engine).toMatchObject({ state: 'down', reason: DIED.message, pid: null });
    expect(host.notices().some(({ text }) => text.includes('SIGKILL'))).toBe(true);
    expect(queue.list()).toMatchObject({ held: [{ job, status: 'interrupted' }], running: null });
    expect(queue.list().blocked).toMatch('engine is down');
    expect(() => host.app.engine()).toThrow('engine is down');
    engine.revive();
    await host.engine.restart();
    await begun(2);
    queue.resume(job);
    engine.go();
    await queue.idle();
    expect(engine.started).toEqual([1, 2, 1]);
    expect(statusOf(first)).toBe('finished');
  });

  it('holds the work when the application is closed, and asks before it goes on with it', async () => {
    const { engine, queue, begun } = await open();
    const [first, second] = [test.createRun(1), test.createRun(2)];
    const { job } = queue.enqueueRun(first.id);
    queue.enqueueRun(second.id);
    await begun(1);
    const closed = test.host.close();
    engine.step();
    await closed;
    const { workspace } = test.host.app;
    const start = () => test.engines[0] as never;
    const host = await openAppHost({ workspace: workspace.folder, start });
    expect(host.queue.list()).toMatchObject({ running: null, held: [{ job, status: 'paused' }] });
    expect(host.queue.list().blocked).toMatch('A job waits');
    engine.go();
    host.queue.start();
    await host.queue.idle();
    expect(engine.started).toEqual([1, 2]);
    await host.close();
  });

  it('reports how far it is and what changed', async () => {
    const { engine, queue, begun } = await open();
    const { host } = test;
    const run = test.createRun(1);
    queue.enqueueRun(run.id);
    await begun(1);
    const before = host.changes.sequence;
    engine.step();
    await expect.poll(() => queue.current()?.done).toBe(1);
    expect(host.status()).toMatchObject({ queued: 0, fresh: false });
    expect(host.status().current).toMatchObject({
      run: run.id,
      stage: 'train fap, seed 1',
      total: TOTAL,
      detail: 'loss 1.000',
      asked: null,
    });
    const controller = new AbortController();
    for await (const wakeUp of host.changes.watch(before, controller.signal)) {
      expect(wakeUp.runs).toEqual([run.id]);
      expect(wakeUp.topics).toEqual(expect.arrayContaining(['metrics', 'status']));
      break;
    }
    engine.go();
    await queue.idle();
  });

  it('does not let a run go that is at work', async () => {
    const { engine, queue, begun } = await open();
    const [first, second] = [test.createRun(1), test.createRun(2)];
    queue.enqueueRun(first.id);
    queue.enqueueRun(second.id);
    await begun(1);
    expect(() => queue.removeOfRuns([second.id, first.id])).toThrow('is at work');
    expect(queue.jobOfRun(second.id)).not.toBeNull();
    queue.removeOfRuns([second.id]);
    expect(queue.jobOfRun(second.id)).toBeNull();
    engine.go();
    await queue.idle();
    expect(engine.started).toEqual([1]);
  });
});
