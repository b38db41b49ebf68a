import { setTimeout as delay } from 'node:timers/promises';
import type { CurrentJob } from '../../shared/api/app.ts';
import type { QueueItem } from '../../shared/api/queue.ts';
import { FaptError } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import type { Changes } from '../api/changes.ts';
import { enqueueJob, getJob, type JobRow, nextJob, setJobStatus } from '../store/jobs.ts';
import { getRun, setRunStatus } from '../store/runs.ts';
import { run as execute, one } from '../store/statement.ts';
import type { StopIntent } from './job-error.ts';
import { CurrentWork } from './queue-current.ts';
import { newestJobOf, newestJobs, type QueueList, queueItem, waitingJobs } from './queue-items.ts';
import { moveJob, moveToFront } from './queue-order.ts';
import { recordEnd } from './queue-settle.ts';
import { type DemoPayload, workOn } from './queue-work.ts';

export type QueueOptions = {
  app: App;
  changes: Changes;
  /** Why nothing can compute; null where it can. */
  engineDown(): string | null;
  /** Ends the engine at once, so that work which does not hear a stop ends too. */
  replaceEngine(): void;
  /** Does a job; tests give another. */
  work?: (app: App, job: JobRow) => Promise<void>;
};

/** A cancel is heard within two seconds, if need be by ending the engine. */
const HEARD_MS = 1500;
/** A long step may end before the application does. */
const CLOSE_MS = 10_000;
const ENDED_SHOWN = 50;
const HELD: readonly RunStatus[] = ['paused', 'interrupted'];
const PUT_ASIDE: readonly RunStatus[] = [...HELD, 'stopped', 'failed'];

/** Works the jobs of the store one after another. The store alone says what waits and what is done. */
export class JobQueue {
  readonly #options: QueueOptions;
  #current: CurrentWork | null = null;
  #working: Promise<void> | null = null;
  /** Why no job is begun, where a person has to start the queue. */
  #paused: string | null = null;
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
    const left = waitingJobs(this.#db).length;
    if (left > 0) {
      this.#paused =
        left === 1 ? say('blocked.closed.one') : say('blocked.closed.several', { n: left });
    }
  }

  get #db() {
    return this.#options.app.db;
  }

  busy(): boolean {
    return this.#current !== null;
  }

  waiting(): number {
    return waitingJobs(this.#db).length;
  }

  current(): CurrentJob | null {
    return this.#current?.describe(this.#runAtWork()) ?? null;
  }

  list(): QueueList {
    const db = this.#db;
    const items = (jobs: JobRow[]) => jobs.map((job) => queueItem(db, job));
    const { item, progress } = this.#current ?? {};
    const running = item ? queueItem(db, getJob(db, item.job)) : null;
    return {
      running: running && { ...running, progress: progress ?? 0 },
      waiting: items(waitingJobs(db)),
      held: items(newestJobs(db, HELD, Number.POSITIVE_INFINITY)),
      ended: items(newestJobs(db, ['stopped', 'failed', 'finished'], ENDED_SHOWN)),
      blocked: this.#blocked(),
    };
  }

  /** Queues what is left of a run; a job of it that was put aside waits again. */
  enqueueRun(runId: string): QueueItem {
    const { id } = getRun(this.#db, runId);
    const known = newestJobOf(this.#db, id);
    if (known?.status === 'queued' || known?.status === 'running') return this.#item(known.id);
    if (known && PUT_ASIDE.includes(known.status)) {
      this.#queueAgain(known);
      moveJob(this.#db, known.id, null);
      return this.#added(known.id);
    }
    this.#queueRun(id);
    return this.#added(enqueueJob(this.#db, { kind: 'run', payload: null, runId: id }).id);
  }

  enqueueDemo(payload: DemoPayload): QueueItem {
    return this.#added(enqueueJob(this.#db, { kind: 'demo', payload }).id);
  }

  /** @throws FaptError `job-unknown`, `job-not-waiting` */
  move(job: number, before: number | null): void {
    this.#requireWaiting(job);
    moveJob(this.#db, job, before);
    this.#touch();
  }

  runNext(job: number): void {
    this.#requireWaiting(job);
    moveToFront(this.#db, job);
    this.start();
  }

  /** Takes a job out; its run stays, and one that never began says so. */
  remove(job: number): void {
    const { status, runId } = getJob(this.#db, job);
    if (status === 'running') throw busy('The job is at work: cancel it first.');
    execute(this.#db, 'DELETE FROM jobs WHERE id = ?', job);
    if (runId !== null && getRun(this.#db, runId).status === 'queued') {
      setRunStatus(this.#db, runId, 'stopped', { reason: say('status.taken-out') });
    }
    this.#touch(runId);
  }

  /** Begins with what waits, after a pause or a start with work left. */
  start(): void {
    this.#paused = null;
    this.#touch();
    this.#wake();
  }

  /** A job that was put aside waits again, before all others. */
  resume(job: number): QueueItem {
    const row = getJob(this.#db, job);
    if (row.status === 'running') return this.#item(job);
    if (PUT_ASIDE.includes(row.status)) this.#queueAgain(row);
    this.#requireWaiting(job);
    moveToFront(this.#db, job);
    this.#paused = null;
    return this.#added(job);
  }

  /** Stops the current job at its next step, with a checkpoint, and begins no other. */
  pauseCurrent(): void {
    const current = this.#requireCurrent();
    this.#paused = say('blocked.paused');
    this.#ask(current, 'pause');
  }

  /**
   * Ends the current training at its next step and keeps what it learned; its evaluations follow.
   * @throws FaptError `nothing-to-keep` where no training of its own is at work
   */
  stopAndKeep(): void {
    const current = this.#requireCurrent();
    const { kind, run } = current.item;
    if (kind === 'demo' || run === null || getRun(this.#db, run).status !== 'running') {
      throw new FaptError(
        'nothing-to-keep',
        'No training of a run is at work, and part of a demo or of an evaluation would stand for nothing: pause or cancel it; what was computed is kept.',
      );
    }
    this.#ask(current, 'keep');
  }

  /** Stops the current job, within two seconds; it can be gone on with. The queue goes on. */
  cancelCurrent(): void {
    const current = this.#requireCurrent();
    this.#ask(current, 'cancel');
    const end = () => {
      if (this.#current === current) this.#options.replaceEngine();
    };
    setTimeout(end, HEARD_MS).unref();
  }

  /** The job that works on a run, or will. */
  jobOfRun(runId: string): QueueItem | null {
    const job = newestJobOf(this.#db, runId);
    const isAlive = job?.status === 'queued' || job?.status === 'running';
    return job && (isAlive || HELD.includes(job.status)) ? queueItem(this.#db, job) : null;
  }

  /** @throws FaptError `run-busy` where one of these runs is at work; then none is taken out */
  removeOfRuns(runIds: readonly string[]): void {
    const isBusy = (id: string) => id === this.#runAtWork() || id === this.#current?.item.run;
    const atWork = runIds.find(isBusy);
    if (atWork) throw busy(`Run ${atWork} is at work: cancel it first.`, 'run-busy');
    for (const id of runIds) execute(this.#db, 'DELETE FROM jobs WHERE run_id = ?', id);
    this.#touch();
  }

  /** Tells that the engine can be used again. */
  engineReady(): void {
    this.#touch();
    this.#wake();
  }

  /** Resolves when nothing is at work. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Holds the work in progress at its next step, and begins no other. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#current?.ask('pause');
    const isTooLong = delay(CLOSE_MS, 'late', { ref: false });
    if ((await Promise.race([this.idle(), isTooLong])) === 'late') this.#options.replaceEngine();
    await this.idle();
  }

  #blocked(): string | null {
    const down = this.#options.engineDown();
    return down === null ? this.#paused : say('blocked.down', { reason: down });
  }

  #wake(): void {
    if (this.#closed || this.#working || this.#blocked() !== null) return;
    const job = nextJob(this.#db);
    if (job === null) return;
    this.#working = this.#do(job).finally(() => {
      this.#working = null;
      this.#touch(job.runId);
      this.#wake();
    });
  }

  async #do(job: JobRow): Promise<void> {
    const { work = workOn } = this.#options;
    for (;;) {
      const current = new CurrentWork(queueItem(this.#db, job));
      this.#current = current;
      this.#touch(job.runId);
      const error: unknown = await work(this.#appFor(current), job).then(
        () => null,
        (cause: unknown) => cause,
      );
      this.#current = null;
      const isKept = current.asked === 'keep' && isStopped(error);
      if (isKept) continue; // What follows the training that was ended early is still to be done.
      recordEnd(this.#options.app, current, error);
      return;
    }
  }

  #appFor(current: CurrentWork): App {
    const { app, changes } = this.#options;
    return {
      ...app,
      signal: AbortSignal.any([app.signal, current.signal]),
      report: (event) => {
        const isNewStage = current.report(event);
        const run = this.#runAtWork() ?? undefined;
        if (isNewStage) changes.touch('runs', run);
        changes.touch('metrics', run);
        changes.touch('status');
      },
    };
  }

  /** The run that is being trained, else the one that the current job is about. */
  #runAtWork(): string | null {
    if (!this.#current) return null;
    const training = one<{ id: string }>(this.#db, "SELECT id FROM runs WHERE status = 'running'");
    return this.#current.item.run ?? training?.id ?? null;
  }

  #ask(current: CurrentWork, intent: StopIntent): void {
    current.ask(intent);
    this.#touch();
  }

  #queueAgain({ id, runId }: JobRow): void {
    if (runId !== null) this.#queueRun(runId);
    setJobStatus(this.#db, id, 'queued');
  }

  #queueRun(runId: string): void {
    const isAside = PUT_ASIDE.includes(getRun(this.#db, runId).status);
    if (isAside) setRunStatus(this.#db, runId, 'queued');
  }

  #added(job: number): QueueItem {
    const item = this.#item(job);
    this.#touch(item.run);
    this.#wake();
    return item;
  }

  #item(job: number): QueueItem {
    return queueItem(this.#db, getJob(this.#db, job));
  }

  #requireCurrent(): CurrentWork {
    if (this.#current) return this.#current;
    throw new FaptError('nothing-running', 'No job is at work: it has ended in the meantime.');
  }

  #requireWaiting(job: number): void {
    if (getJob(this.#db, job).status === 'queued') return;
    throw new FaptError('job-not-waiting', `Job ${job} does not wait any more: look again.`);
  }

  #touch(run?: string | null): void {
    const { changes } = this.#options;
    changes.touch('queue');
    changes.touch('status');
    if (run !== undefined && run !== null) changes.touch('runs', run);
  }
}

function isStopped(error: unknown): boolean {
  return error instanceof FaptError && error.code === 'stopped';
}

function busy(message: string, code = 'job-running'): FaptError {
  return new FaptError(code, message);
}
