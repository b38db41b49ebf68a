import { setTimeout as delay } from 'node:timers/promises';
import type { ProgressMessage } from '../../../shared/api/procedure.ts';
import type { ProgressEvent } from '../../jobs/progress.ts';
import { failureOf } from './implementer.ts';

type Failure = { type: 'failure'; code: string; message: string };
type Done<Result> = { type: 'done'; result: Result };

/** Progress is sent at most ten times a second. */
const REPORT_EVERY_MS = 100;

/**
 * A stream of what `work` reports, then of what it made or why it failed. Work stops with the stream:
 * its signal is raised when the client goes away. What can be refused is refused before this is called.
 */
export async function* streamWork<Result>(
  work: (report: (event: ProgressEvent) => void, signal: AbortSignal) => Promise<Result>,
  signals: (AbortSignal | undefined)[],
): AsyncGenerator<ProgressMessage | Done<Result> | Failure> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, ...signals.filter((one) => one !== undefined)]);
  let latest: ProgressMessage | null = null;
  let news = Promise.withResolvers<void>();
  const report = ({ stage, done, total }: ProgressEvent) => {
    latest = { type: 'progress', stage, done, total };
    news.resolve();
  };
  let last: Done<Result> | Failure | null = null;
  const ended = work(report, signal).then(
    (result) => {
      last = { type: 'done', result };
    },
    (error) => {
      last = { type: 'failure', ...failureOf(error) };
    },
  );
  try {
    while (last === null) {
      await Promise.race([news.promise, ended]);
      news = Promise.withResolvers();
      if (latest !== null && last === null) yield latest;
      latest = null;
      await Promise.race([ended, delay(REPORT_EVERY_MS, undefined, { ref: false })]);
    }
    yield last;
  } finally {
    gone.abort();
  }
}
