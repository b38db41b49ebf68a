import { rm } from 'node:fs/promises';
import type { App } from '../api/app.ts';
import { listEvaluations } from '../store/evaluations.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { StoppedError } from './job-error.ts';
import { runEvaluation } from './run-evaluation.ts';
import { runTraining } from './run-training.ts';

/**
 * Does what is left of a run: the training from its last checkpoint, then each evaluation that
 * waits or was stopped, oldest first.
 */
export async function finishRun(app: App, runId: string): Promise<RunRow> {
  const run = await runTraining(app, runId);
  const waiting = listEvaluations(app.db, run.id)
    .filter(({ status }) => status !== 'finished')
    .sort((a, b) => a.id - b.id);
  for (const { attack, datasetId, classes, purpose } of waiting) {
    if (app.signal.aborted) throw new StoppedError(run.id);
    await runEvaluation(app, run.id, { attack, target: { datasetId, classes }, purpose });
  }
  return getRun(app.db, run.id);
}

/**
 * Does a new run. Where it fails before anything was computed (a text that is too long, weights
 * that do not fit), it leaves no trace in the store.
 */
export async function startRun(app: App, run: RunRow): Promise<RunRow> {
  try {
    return await finishRun(app, run.id);
  } catch (error) {
    if (!(error instanceof StoppedError) && !hasResults(app, run.id)) await discard(app, run.id);
    throw error;
  }
}

function hasResults(app: App, runId: string): boolean {
  const run = getRun(app.db, runId);
  if (run.status === 'interrupted' || run.step > 0) return true;
  return listEvaluations(app.db, runId).some(({ n, status }) => n > 0 || status === 'interrupted');
}

async function discard(app: App, runId: string): Promise<void> {
  app.db.prepare('DELETE FROM runs WHERE id = ?').run(runId);
  await rm(app.workspace.runFolder(runId), { recursive: true, force: true });
}
