import { FaptError, messageOf } from '../../shared/errors.ts';

export type Failure = { type: 'failure'; code: string; message: string };

/** The code and sentence of anything thrown; what is no FaptError is a defect and says so. */
export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof FaptError) return { code: error.code, message: error.message };
  return {
    code: 'engine-defect',
    message: `The engine failed unexpectedly: ${messageOf(error)}. This is a defect: please report it with the log.`,
  };
}

/** Running streams by ticket. A stream ends by its own `end` event; asking is all that is done here. */
export class Tickets {
  readonly #controllers = new Map<string, AbortController>();

  /** Asks the stream of this ticket to stop at its next step boundary. */
  cancel(ticket: string): void {
    this.#controllers.get(ticket)?.abort();
  }

  /**
   * Runs `make` under a ticket, known from this moment on, and turns an error into a last `failure`
   * event. `connection` is raised when the caller leaves or its process is gone.
   */
  run<Event>(
    ticket: string,
    connection: AbortSignal | undefined,
    make: (signal: AbortSignal) => AsyncGenerator<Event>,
  ): AsyncGenerator<Event | Failure> {
    const controller = new AbortController();
    connection?.addEventListener('abort', () => controller.abort(), { once: true });
    this.#controllers.set(ticket, controller);
    return this.#events(ticket, make(controller.signal));
  }

  async *#events<Event>(
    ticket: string,
    events: AsyncGenerator<Event>,
  ): AsyncGenerator<Event | Failure> {
    try {
      yield* events;
    } catch (error) {
      if (!(error instanceof FaptError)) console.error(error);
      yield { type: 'failure', ...failureOf(error) };
    } finally {
      this.#controllers.delete(ticket);
    }
  }
}
