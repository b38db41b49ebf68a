import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { FaptError, messageOf } from '../../shared/errors.ts';
import type { StreamName } from '../random.ts';
import type { Transform } from './framing.ts';

/** An image to decode to 8-bit planes [3, size, size]. */
export type DecodeRequest = {
  path: string;
  size: number;
  /** A transform, or a random crop by the draws of the stream of this name. */
  shape: Transform | StreamName;
};

/** What a thread is told; `stopped` is shared, and not 0 once nobody waits for the answer. */
export type DecodeOrder = { id: number; request: DecodeRequest; stopped: Int32Array };
/** What it answers; a failure of null: it was stopped before it began. */
export type DecodeAnswer =
  | { id: number; planes: Uint8Array }
  | { id: number; failure: { code: string; message: string } | null };

type Waiting = {
  path: string;
  resolve(planes: Uint8Array): void;
  reject(error: FaptError): void;
};
type Thread = { worker: Worker; waiting: Map<number, Waiting> };

/** Decoding is some milliseconds an image; more threads would only take from the engine. */
const MOST_THREADS = 4;

/**
 * Threads that decode images while the engine computes. They start when first asked, and keep no
 * process alive. One that dies fails what it had been asked for and is replaced.
 */
export class DecodePool {
  readonly #entry: URL;
  readonly #count: number;
  readonly #threads: Thread[] = [];
  #lastId = 0;

  constructor(
    entry: URL = workerEntry(),
    count: number = Math.min(MOST_THREADS, availableParallelism()),
  ) {
    this.#entry = entry;
    this.#count = count;
  }

  /**
   * @param stopped shared memory; set to 1, it takes back what has not begun (`decoding-stopped`)
   * @throws FaptError `image-unreadable`, `image-enormous`; `decoder-died` with the file it was at
   */
  decode(request: DecodeRequest, stopped: Int32Array): Promise<Uint8Array> {
    const thread = this.#leastBusy();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      thread.waiting.set(id, { path: request.path, resolve, reject });
      thread.worker.ref();
      thread.worker.postMessage({ id, request, stopped } satisfies DecodeOrder);
    });
  }

  #leastBusy(): Thread {
    const [first] = this.#threads.toSorted((a, b) => a.waiting.size - b.waiting.size);
    if (first && (first.waiting.size === 0 || this.#threads.length === this.#count)) return first;
    return this.#start();
  }

  #start(): Thread {
    const worker = new Worker(this.#entry, { execArgv: [] });
    const thread: Thread = { worker, waiting: new Map() };
    let reason = 'it ended';
    worker.on('message', (answer: DecodeAnswer) => settle(thread, answer));
    worker.on('error', (error) => {
      reason = messageOf(error);
    });
    worker.on('exit', () => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      bury(thread, reason);
    });
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }
}

function settle({ worker, waiting }: Thread, answer: DecodeAnswer): void {
  const asked = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (waiting.size === 0) worker.unref();
  if ('planes' in answer) {
    asked?.resolve(answer.planes);
    return;
  }
  const { code, message } = answer.failure ?? {
    code: 'decoding-stopped',
    message: `${asked?.path} was not read: the job had stopped.`,
  };
  asked?.reject(new FaptError(code, message));
}

/** Answers come in order, so the first that is missing is the file that a dead thread was at. */
function bury({ waiting }: Thread, reason: string): void {
  const [current] = waiting.values();
  for (const { reject } of waiting.values()) {
    reject(
      new FaptError(
        'decoder-died',
        `The decoder of images died at ${current?.path} (${reason}): replace or remove that file.`,
      ),
    );
  }
  waiting.clear();
}

/** Beside this file in a checkout; built, beside the engine's entry. */
function workerEntry(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = isSource ? './decode-worker.ts' : '../engine/decode-worker.js';
  return new URL(entry, import.meta.url);
}

let shared: DecodePool | null = null;

/** The pool of this process. */
export function decodePool(): DecodePool {
  shared ??= new DecodePool();
  return shared;
}
