import type { CurrentJob } from '../../shared/api/app.ts';
import type { RunDetail } from '../../shared/api/runs.ts';
import { METHODS } from '../../shared/method-catalogue.ts';

/** What can be done with a run as it stands: which buttons there are. */
type RunAbilities = {
  /** Its job has its turn: it can be paused, stopped and kept, cancelled. */
  steer: boolean;
  /** What it was already asked for and has not done yet. */
  asked: CurrentJob['asked'];
  resume: boolean;
  moreEpochs: boolean;
  evaluate: boolean;
  discard: boolean;
};

/** @param current the job that has its turn */
export function runAbilities(detail: RunDetail, current: CurrentJob | null): RunAbilities {
  const { item, job, usable } = detail;
  const isCurrent = current?.run === item.id;
  const isWaiting = job !== null && (job.status === 'queued' || job.status === 'running');
  const isTuned = METHODS[item.method].tuned;
  const isOpen = ['paused', 'interrupted', 'stopped', 'failed'].includes(item.status);
  return {
    steer: isCurrent,
    asked: isCurrent ? current.asked : null,
    resume: !isCurrent && !isWaiting && isOpen,
    moreEpochs: !isWaiting && isTuned && item.status === 'finished',
    evaluate: !isWaiting && usable,
    discard: !isCurrent && item.status !== 'running',
  };
}
