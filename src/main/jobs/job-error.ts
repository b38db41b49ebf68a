import { FaptError, messageOf } from '../../shared/errors.ts';
import type { RunStatus } from '../../shared/results.ts';

/** Thrown when the person asked to stop: what was done is kept, and the work can be resumed. */
export class StoppedError extends FaptError {
  readonly runId: string;

  constructor(runId: string) {
    super('stopped', `Stopped; \`fapt resume ${runId}\` goes on from here.`);
    this.runId = runId;
  }
}

/**
 * The status and sentence for work that ended by `error`. A process that died took nothing away
 * that was stored, so its work is `interrupted` and can be resumed; a real failure is `failed`.
 */
export function statusOf(error: unknown): { status: RunStatus; reason: string } {
  if (error instanceof StoppedError) return { status: 'stopped', reason: 'Stopped on request.' };
  const died = error instanceof FaptError && error.code === 'engine-died';
  return { status: died ? 'interrupted' : 'failed', reason: messageOf(error) };
}
