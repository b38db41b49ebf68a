import { ORPCError } from '@orpc/client';
import { FaptError, messageOf } from '../../shared/errors.ts';

/** What every call rejects with that was under way, or is made, while there is no connection. */
export function connectionLost(cause?: unknown): FaptError {
  return new FaptError(
    'connection-lost',
    'The connection to the application is lost: it goes on as soon as the application answers again.',
    { cause },
  );
}

/** The error that was thrown at the other side, with its code and its sentence. */
export function fromWire(error: unknown): FaptError {
  if (error instanceof FaptError) return error;
  if (!(error instanceof ORPCError)) return connectionLost(error);
  const { code } = (error.data ?? {}) as { code?: string };
  if (code !== undefined) return new FaptError(code, error.message, { cause: error });
  return new FaptError(
    'call-refused',
    `The application did not understand what the window asked (${messageOf(error)}): reload the window.`,
    { cause: error },
  );
}

type Failure = { type: 'failure'; code: string; message: string };

function isFailure(event: unknown): event is Failure {
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'failure';
}

export function isStream(output: unknown): output is AsyncIterator<unknown> & object {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

/**
 * The events of a stream. A `failure` event is thrown as the error it stands for, and so is a
 * connection that is lost midway. Written out, since a generator that waits for its next event hears
 * no `return`, and the other side must be told at once that nobody listens any more.
 * @param lost settles when the connection is gone
 */
export function throwing(
  events: AsyncIterator<unknown>,
  lost: Promise<void>,
): AsyncIterableIterator<unknown> {
  const gone = lost.then(() => {
    throw connectionLost();
  });
  // Where the stream ends first, nobody waits for this any more.
  gone.catch(() => {});
  return {
    async next() {
      try {
        const next = await Promise.race([events.next(), gone]);
        if (!next.done && isFailure(next.value)) {
          throw new FaptError(next.value.code, next.value.message);
        }
        return next;
      } catch (error) {
        throw fromWire(error);
      }
    },
    async return() {
      // Where the other side is gone already there is nobody to tell.
      await Promise.race([events.return?.(), lost]).catch(() => {});
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
