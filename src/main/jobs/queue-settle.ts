import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { setJobProgress, setJobStatus } from '../store/jobs.ts';
import { getRun, setRunStatus } from '../store/runs.ts';
import { statusOf } from './job-error.ts';
import type { CurrentWork } from './queue-current.ts';

const ENGINE_ENDED = say('status.engine-ended');

/** Keeps how a job ended; `error` is null where it was done. Its run's own state is kept already. */
export function recordEnd(app: App, current: CurrentWork, error: unknown): void {
  const { job, title, run } = current.item;
  if (error === null) {
    setJobProgress(app.db, job, 1);
    setJobStatus(app.db, job, 'finished');
    app.note(`${title} is done.`);
    return;
  }
  setJobProgress(app.db, job, current.progress);
  const { status, reason } = statusOf(error, current.signal);
  if (status === 'interrupted' && current.asked === 'cancel') {
    if (run !== null && getRun(app.db, run).status === 'interrupted') {
      setRunStatus(app.db, run, 'stopped', { reason: ENGINE_ENDED });
    }
    setJobStatus(app.db, job, 'stopped', ENGINE_ENDED);
    return;
  }
  setJobStatus(app.db, job, status, reason);
  if (status === 'failed' || status === 'interrupted') app.note(`${title}: ${reason}`);
}
