import { FaptError, messageOf } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';

/** Thrown when the person asked to stop: what was done is kept, and the work can be resumed. */
export class StoppedError extends FaptError {
  readonly runId: string;

  constructor(runId: string) {
    super('stopped', `Stopped; \`fapt resume ${runId}\` goes on from here.`);
    this.runId = runId;
  }
}

/** What becomes of work that is asked to stop: held, kept as its result, or put aside. */
export type StopIntent = 'pause' | 'keep' | 'cancel';

/** The reason of a raised signal that asks for more than a plain stop. */
export class StopRequest extends Error {
  /** May still change while the next step boundary is waited for. */
  intent: StopIntent;

  constructor(intent: StopIntent) {
    super(`asked to ${intent}`);
    this.intent = intent;
  }
}

/** What a raised signal asks for; a Ctrl-C means `cancel`. */
export function intentOf({ reason }: AbortSignal): StopIntent {
  return reason instanceof StopRequest ? reason.intent : 'cancel';
}

const LOST_ENGINE = new Set(['engine-died', 'engine-down']);

/**
 * The status and sentence for work that ended by `error`. A process that died took nothing away
 * that was stored, so its work is `interrupted` and can be resumed; a real failure is `failed`.
 */
export function statusOf(
  error: unknown,
  signal: AbortSignal,
): { status: RunStatus; reason: string } {
  const isStop = error instanceof FaptError && error.code === 'stopped';
  if (isStop && intentOf(signal) === 'pause') {
    return { status: 'paused', reason: say('status.paused') };
  }
  if (isStop) return { status: 'stopped', reason: say('status.stopped') };
  const died = error instanceof FaptError && LOST_ENGINE.has(error.code);
  return { status: died ? 'interrupted' : 'failed', reason: messageOf(error) };
}
