import type { CurrentJob } from '../../shared/api/app.ts';
import type { QueueItem } from '../../shared/api/queue.ts';
import { type StopIntent, StopRequest } from './job-error.ts';
import type { ProgressEvent } from './progress.ts';

/** The job that has its turn: how far it is, and what was asked of it. */
export class CurrentWork {
  readonly item: QueueItem;
  readonly startedAt = Date.now();
  readonly #controller = new AbortController();
  #stage = { name: '', since: 0, from: 0 };
  #last: ProgressEvent | null = null;

  constructor(item: QueueItem) {
    this.item = item;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What it was asked for and has not done yet. */
  get asked(): StopIntent | null {
    const { reason } = this.signal;
    return reason instanceof StopRequest ? reason.intent : null;
  }

  /** The last wish counts, as long as nobody heard the one before; `cancel` is final. */
  ask(intent: StopIntent): void {
    const { reason } = this.signal;
    if (!(reason instanceof StopRequest)) this.#controller.abort(new StopRequest(intent));
    else if (reason.intent !== 'cancel') reason.intent = intent;
  }

  /** Answers whether a new stage began. */
  report(event: ProgressEvent): boolean {
    const isNew = event.stage !== this.#stage.name;
    if (isNew) this.#stage = { name: event.stage, since: Date.now(), from: event.done };
    this.#last = event;
    return isNew;
  }

  /** Of the stage it is in, 0 to 1. */
  get progress(): number {
    return this.#last && this.#last.total > 0 ? Math.min(1, this.#last.done / this.#last.total) : 0;
  }

  /** @param run the run that is worked on now: a demo has several, one after another */
  describe(run: string | null): CurrentJob {
    const { job, title } = this.item;
    const { stage = '', done = 0, total = 0, detail = null } = this.#last ?? {};
    const { startedAt, asked } = this;
    const etaSeconds = this.#secondsLeft(done, total);
    return { job, run, title, stage, done, total, detail, etaSeconds, startedAt, asked };
  }

  /** At the pace of this stage so far; null before its first progress. */
  #secondsLeft(done: number, total: number): number | null {
    const made = done - this.#stage.from;
    if (made <= 0) return null;
    const seconds = (Date.now() - this.#stage.since) / 1000;
    return Math.max(0, ((total - done) * seconds) / made);
  }
}
