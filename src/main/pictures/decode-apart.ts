import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from '../../engine/backend/node-binary.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { Picture, RefusedPicture } from '../datasets/read-picture.ts';
import type { PictureAnswer, PictureOrder, PictureTasks } from './tasks.ts';

/** A process that nobody asks for so long ends; the next picture starts another. */
const IDLE_MS = 30_000;

type Waiting = {
  order: Omit<PictureOrder, 'id'>;
  resolve(result: unknown): void;
  reject(error: FaptError): void;
};
type Running = {
  child: ChildProcess;
  waiting: Map<number, Waiting>;
  isUp: boolean;
  idle: NodeJS.Timeout | null;
};

/** `wasUp`: it had started, so what it died of is a file. */
type Death = { reason: string; wasUp: boolean };

/**
 * Decodes pictures in a process of its own, since a decoder is native code that a damaged file can
 * bring down: the application stays. When the process dies, each file it was at is tried again alone,
 * so the one that kills it is known and the others are none the worse.
 */
export class DecodeApart {
  readonly #entry: string;
  #running: Running | null = null;
  #lastId = 0;

  /** @param entry the process's script; tests give another */
  constructor(entry: string = processEntry()) {
    this.#entry = entry;
  }

  /** @throws FaptError the task's own; `decoder-died` for a file the decoder dies of; `decoder-broken` */
  run<Task extends keyof PictureTasks>(
    task: Task,
    ...args: Parameters<PictureTasks[Task]>
  ): ReturnType<PictureTasks[Task]> {
    const order = { task, args } as Omit<PictureOrder, 'id'>;
    return new Promise((resolve, reject) => {
      this.#running ??= this.#start((lost) => this.#tryAlone(lost));
      this.#ask(this.#running, { order, resolve, reject });
    }) as ReturnType<PictureTasks[Task]>;
  }

  /** The process's id, for whoever looks after processes; null while there is none. */
  get pid(): number | null {
    return this.#running?.child.pid ?? null;
  }

  #start(died: (lost: Waiting[], death: Death) => void): Running {
    const child = fork(this.#entry, [], {
      execPath: nodeBinary(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const running: Running = { child, waiting: new Map(), isUp: false, idle: null };
    let isOver = false;
    const end = (reason: string) => {
      if (isOver) return;
      isOver = true;
      if (this.#running === running) this.#running = null;
      died([...running.waiting.values()], { reason, wasUp: running.isUp });
    };
    child.on('message', (answer: PictureAnswer) => {
      if ('ready' in answer) running.isUp = true;
      else this.#settle(running, answer);
    });
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    keepAlive(child, false);
    return running;
  }

  #ask(running: Running, asked: Waiting): void {
    const { child, waiting } = running;
    if (running.idle) clearTimeout(running.idle);
    this.#lastId += 1;
    waiting.set(this.#lastId, asked);
    keepAlive(child, true);
    // One that has just died tells so by its exit.
    child.send({ id: this.#lastId, ...asked.order }, () => {});
  }

  #settle(running: Running, answer: Exclude<PictureAnswer, { ready: true }>): void {
    const { child, waiting } = running;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) {
      keepAlive(child, false);
      running.idle = setTimeout(() => this.#leave(running), IDLE_MS).unref();
    }
    if ('result' in answer) asked?.resolve(answer.result);
    else asked?.reject(new FaptError(answer.failure.code, answer.failure.message));
  }

  #leave(running: Running): void {
    if (running.waiting.size > 0) return;
    if (this.#running === running) this.#running = null;
    if (running.child.connected) running.child.disconnect();
  }

  /** One after the other, each in a process that nothing else shares. */
  async #tryAlone(lost: Waiting[]): Promise<void> {
    for (const suspect of lost) {
      await new Promise<void>((done) => {
        const alone = this.#start((left, death) => {
          for (const { order, reject } of left) reject(diedOf(order.args[0], death));
          done();
        });
        const leave = () => {
          this.#leave(alone);
          done();
        };
        this.#ask(alone, {
          order: suspect.order,
          resolve: (result) => {
            suspect.resolve(result);
            leave();
          },
          reject: (error) => {
            suspect.reject(error);
            leave();
          },
        });
      });
    }
  }
}

function diedOf(path: string, { reason, wasUp }: Death): FaptError {
  return wasUp
    ? new FaptError(
        'decoder-died',
        `The decoder of images died at ${path} (${reason}): replace or remove that file.`,
      )
    : new FaptError(
        'decoder-broken',
        `The process that decodes images cannot be started (${reason}): install the application again.`,
      );
}

function keepAlive(child: ChildProcess, isWanted: boolean): void {
  const verb = isWanted ? 'ref' : 'unref';
  child[verb]();
  child.channel?.[verb]();
}

/** Beside this file in a checkout; built, with what a plain Node runs, outside the archive. */
function processEntry(): string {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = isSource ? './process.ts' : '../engine/picture-process.js';
  return fileURLToPath(new URL(entry, import.meta.url)).replace(
    /app\.asar(?=[\\/])/,
    'app.asar.unpacked',
  );
}

let shared: DecodeApart | null = null;

/** Decodes in the application's one process for pictures. */
export function decodeApart<Task extends keyof PictureTasks>(
  task: Task,
  ...args: Parameters<PictureTasks[Task]>
): ReturnType<PictureTasks[Task]> {
  shared ??= new DecodeApart();
  return shared.run(task, ...args);
}

/** Reads a picture apart; one that the decoder dies of is refused as any other damaged one. */
export async function readPictureApart(path: string): Promise<Picture | RefusedPicture> {
  try {
    return await decodeApart('read', path);
  } catch (error) {
    if (!(error instanceof FaptError) || error.code !== 'decoder-died') throw error;
    return { refused: 'unreadable', reason: say('picture.deadly') };
  }
}
