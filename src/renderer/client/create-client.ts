import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/api/contract.ts';
import type { Channel } from './channel.ts';
import { connectionLost, fromWire, isStream, throwing } from './wire-errors.ts';

/** Every call of the application's contract. */
export type Api = ContractRouterClient<Contract>;

/** `lost` is tried again by itself; `closed` is for good. */
export type Connection = 'connecting' | 'open' | 'lost' | 'closed';

export type Client = {
  api: Api;
  /** Called at once with the state, then with each new one. Answers how to stop listening. */
  onConnection(listener: (state: Connection) => void): () => void;
  /** Tries at once, where the connection is lost. */
  reconnect(): void;
  close(): void;
};

/** Milliseconds before each further attempt; the last one holds for all that follow. */
const PAUSES_MS = [250, 500, 1000, 2000, 5000];

/**
 * A client that connects at the first call and again whenever the connection is lost. No call waits
 * for ever: without a connection it rejects, and so does one that was under way, with a FaptError.
 * @param open makes a channel, or rejects
 */
export function createClient(open: () => Promise<Channel>): Client {
  const listeners = new Set<(state: Connection) => void>();
  let state: Connection = 'connecting';
  let channel: Promise<Channel> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failed = 0;

  function become(next: Connection): void {
    state = next;
    for (const listener of listeners) listener(next);
  }

  function connect(): Promise<Channel> {
    clearTimeout(timer);
    become('connecting');
    const attempt = open();
    channel = attempt;
    attempt.then(
      (opened) => {
        if (channel !== attempt) return opened.close();
        failed = 0;
        become('open');
        void opened.closed.then(() => lose(attempt));
      },
      () => lose(attempt),
    );
    return attempt;
  }

  function lose(attempt: Promise<Channel>): void {
    if (channel !== attempt || state === 'closed') return;
    channel = null;
    const pause = PAUSES_MS[Math.min(failed, PAUSES_MS.length - 1)];
    failed += 1;
    timer = setTimeout(connect, pause);
    become('lost');
  }

  async function current(): Promise<Channel> {
    if (state === 'closed' || state === 'lost') throw connectionLost();
    try {
      return await (channel ?? connect());
    } catch (cause) {
      throw connectionLost(cause);
    }
  }

  const api: Api = createORPCClient({
    async call(path, input, options) {
      const { link, closed } = await current();
      try {
        const lost = closed.then(() => {
          throw connectionLost();
        });
        // Where the answer comes first, nobody waits for this any more.
        lost.catch(() => {});
        const output = await Promise.race([link.call(path, input, options), lost]);
        return isStream(output) ? throwing(output, closed) : output;
      } catch (error) {
        throw options.signal?.aborted ? error : fromWire(error);
      }
    },
  });

  return {
    api,
    onConnection(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
    reconnect() {
      if (state === 'lost') connect().catch(() => {});
    },
    close() {
      clearTimeout(timer);
      become('closed');
      channel?.then(
        (opened) => opened.close(),
        () => {},
      );
      channel = null;
    },
  };
}
