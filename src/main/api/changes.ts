import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS, type Topic, type WakeUp } from '../../shared/api/app.ts';

/** What changed, counted. Watchers are woken and ask the store again: it alone holds the truth. */
export type Changes = {
  /** Number of the newest change. */
  readonly sequence: number;
  touch(topic: Topic, run?: string): void;
  /**
   * Wake-ups for what changed after number `after`, as far as it is remembered, at most ten a second.
   * Ends when the signal is raised.
   */
  watch(after: number, signal: AbortSignal): AsyncGenerator<WakeUp>;
};

type Change = { sequence: number; topic: Topic; run: string | null };

/** Older changes are forgotten; who missed them is told that everything changed. */
const REMEMBERED = 2000;
const WAKE_EVERY_MS = 100;

export function createChanges(): Changes {
  const log: Change[] = [];
  let sequence = 0;
  let next = Promise.withResolvers<void>();

  function since(after: number): WakeUp {
    const missed = after > sequence || after < sequence - log.length;
    const changes = log.filter((change) => change.sequence > after);
    const topics = missed ? [...TOPICS] : [...new Set(changes.map(({ topic }) => topic))];
    const runs = changes.flatMap(({ run }) => run ?? []);
    return { sequence, topics, runs: [...new Set(runs)] };
  }

  return {
    get sequence() {
      return sequence;
    },
    touch(topic, run) {
      sequence += 1;
      log.push({ sequence, topic, run: run ?? null });
      if (log.length > REMEMBERED) log.shift();
      next.resolve();
      next = Promise.withResolvers();
    },
    async *watch(after, signal) {
      const ended = new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => resolve(), { once: true }),
      );
      let last = after;
      while (!signal.aborted) {
        if (last !== sequence) {
          const wakeUp = since(last);
          last = wakeUp.sequence;
          yield wakeUp;
          await delay(WAKE_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
        } else {
          await Promise.race([next.promise, ended]);
        }
      }
    },
  };
}
