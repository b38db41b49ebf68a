import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { say } from '../../shared/sentence.ts';
import { latestCheckpoint } from '../store/checkpoints.ts';
import type { Database } from '../store/database.ts';
import { listEvaluations, restartEvaluation } from '../store/evaluations.ts';
import { getRun, type RunRow, setDeviation, setRunConfig, setRunStatus } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';

/**
 * Makes a finished run wait for `epochs` more. What was measured of it until now would be untrue
 * then, so its evaluations wait too and are made again.
 * @throws FaptError `run-unfinished`, `nothing-to-train`
 */
export function askMoreEpochs(db: Database, idOrPrefix: string, epochs: number): RunRow {
  const run = getRun(db, idOrPrefix);
  requireTrained(db, run);
  const config: RunConfig = { ...run.config, epochs: run.config.epochs + epochs };
  db.transaction(() => {
    setRunConfig(db, run.id, config);
    setDeviation(db, run.id, 'more-epochs');
    setRunStatus(db, run.id, 'queued', { reason: say('status.more-epochs', { epochs }) });
    recordWarning(db, { runId: run.id }, noteOf(run, config));
    for (const { id } of listEvaluations(db, run.id)) restartEvaluation(db, id);
  })();
  return getRun(db, run.id);
}

function requireTrained(db: Database, run: RunRow): void {
  if (!METHODS[run.method].tuned) {
    throw new FaptError(
      'nothing-to-train',
      `${METHODS[run.method].title} has nothing to train, so it has no epochs.`,
    );
  }
  if (run.status === 'finished' && latestCheckpoint(db, run.id)) return;
  throw new FaptError(
    'run-unfinished',
    `Run ${run.id} is ${run.status}: more epochs follow a finished training; resume it first.`,
  );
}

function noteOf(run: RunRow, { epochs }: RunConfig) {
  return {
    code: 'more-epochs',
    message: say('warning.more-epochs', { steps: run.step, before: run.config.epochs, epochs }),
  };
}
