import { z } from 'zod';
import type { DatasetCheck } from '../../shared/api/dataset-care.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Changes } from '../api/changes.ts';
import { checkDataset } from '../datasets/check-dataset.ts';
import type { Database } from '../store/database.ts';
import { type DatasetRow, findDataset, listDatasets } from '../store/datasets.ts';
import { countUnread } from '../store/images.ts';
import { getSetting, setSetting } from '../store/settings.ts';

/** Checks that were asked for, in the order asked; they outlast the application. */
const askedSchema = z.array(
  z.strictObject({ dataset: z.string(), again: z.boolean(), paused: z.boolean() }),
);
type Asked = z.infer<typeof askedSchema>[number];
const KEY = 'datasets.checks';

type Work = { dataset: string; stop: AbortController; done: number; total: number };

/**
 * Reads pictures and looks for leaks behind everything else, one dataset at a time. What is read is kept
 * picture by picture, so a check goes on where it was after a pause and after a start of the application.
 */
export class DatasetChecks {
  readonly #db: Database;
  readonly #changes: Changes;
  readonly #failures = new Map<string, string>();
  #work: Work | null = null;
  #working: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(db: Database, changes: Changes) {
    this.#db = db;
    this.#changes = changes;
    this.#begin();
  }

  /** Those that are not done. */
  list(): DatasetCheck[] {
    const asked = new Map(this.#asked().map((one) => [one.dataset, one]));
    return listDatasets(this.#db).flatMap((row) => this.#describe(row, asked.get(row.id)) ?? []);
  }

  start({ id }: DatasetRow, again: boolean): void {
    this.#failures.delete(id);
    // One that is at work makes room for a check of another kind; what it read is kept.
    const asked = this.#asked().find(({ dataset }) => dataset === id);
    if (asked && asked.again !== again) this.#stop(id);
    this.#keep([...this.#without(id), { dataset: id, again, paused: false }]);
    this.#begin();
  }

  /** What was read is kept. */
  pause({ id }: DatasetRow): void {
    const paused = (one: Asked) => (one.dataset === id ? { ...one, paused: true } : one);
    this.#keep(this.#asked().map(paused));
    this.#stop(id);
  }

  /** For a dataset that goes away. */
  forget(id: string): void {
    this.#keep(this.#without(id));
    this.#stop(id);
  }

  /** Stops at the next picture; the next start goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#work?.stop.abort();
    await this.#working;
  }

  #describe(row: DatasetRow, asked: Asked | undefined): DatasetCheck | null {
    const { id, name: dataset } = row;
    const reason = this.#failures.get(id) ?? null;
    if (this.#work?.dataset === id && !this.#work.stop.signal.aborted) {
      const { done, total } = this.#work;
      return { dataset, state: 'running', done, total, reason };
    }
    const total = countUnread(this.#db, id);
    const waits = { dataset, done: 0, total, reason };
    if (reason !== null) return { ...waits, state: 'failed' };
    if (asked) return { ...waits, state: asked.paused ? 'paused' : 'waiting' };
    return total > 0 ? { ...waits, state: 'open' } : null;
  }

  #begin(): void {
    if (this.#work || this.#closed) return;
    const next = this.#asked().find(({ paused }) => !paused);
    if (!next) return;
    const total = countUnread(this.#db, next.dataset);
    const work = { dataset: next.dataset, stop: new AbortController(), done: 0, total };
    this.#work = work;
    this.#touch();
    this.#working = this.#check(next, work).finally(() => {
      this.#work = null;
      this.#touch();
      this.#begin();
    });
  }

  async #check({ dataset: id, again }: Asked, work: Work): Promise<void> {
    const row = findDataset(this.#db, id);
    const { signal } = work.stop;
    const onProgress = (done: number, total: number): void => {
      Object.assign(work, { done, total });
      this.#touch();
    };
    try {
      if (row) await checkDataset(this.#db, row, { again, signal, onProgress });
      if (!signal.aborted) this.#keep(this.#without(id));
      this.#changes.touch('datasets');
    } catch (error) {
      // Stopped: whoever stopped it said what becomes of it.
      if (signal.aborted) return;
      this.#failures.set(id, messageOf(error));
      this.#keep(this.#without(id));
    }
  }

  #stop(id: string): void {
    if (this.#work?.dataset === id) this.#work.stop.abort();
    this.#touch();
  }

  #asked(): Asked[] {
    return getSetting(this.#db, KEY, askedSchema, []);
  }

  #without(id: string): Asked[] {
    return this.#asked().filter(({ dataset }) => dataset !== id);
  }

  #keep(asked: Asked[]): void {
    setSetting(this.#db, KEY, asked);
  }

  #touch(): void {
    this.#changes.touch('checks');
  }
}
