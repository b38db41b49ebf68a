import { stat } from 'node:fs/promises';
import type { TrainEvent, TrainJob } from '../../shared/engine-contract.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { Warning } from '../../shared/results.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { chooseClasses, ofClasses, taskOf } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { recordCheckpoint } from '../store/checkpoints.ts';
import { getDataset } from '../store/datasets.ts';
import { getMetrics } from '../store/metrics.ts';
import { getModel } from '../store/models.ts';
import { getRun, type RunRow, runSample, setDeviation, setRunStatus } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';
import { relativeToWorkspace } from '../workspace/paths.ts';
import { intentOf, StoppedError, statusOf } from './job-error.ts';
import { createLiveProbe } from './live-probe.ts';
import { MetricBuffer } from './metric-buffer.ts';
import { planNotes, weakTermNote } from './plan-notes.ts';
import { weakTerms } from './weak-terms.ts';

/**
 * Trains a run to its end, from its last checkpoint where it has one, and keeps its metrics,
 * warnings, checkpoints and status in the store. Zero-shot has nothing to train.
 * @throws StoppedError when `app.signal` is raised, at a step boundary and after a checkpoint
 */
export async function runTraining(app: App, runId: string): Promise<RunRow> {
  const run = getRun(app.db, runId);
  if (run.status === 'finished') return run;
  setRunStatus(app.db, run.id, 'running');
  try {
    const kept = METHODS[run.method].tuned ? await follow(app, run) : null;
    setRunStatus(app.db, run.id, 'finished', { reason: kept });
  } catch (error) {
    const { status, reason } = statusOf(error, app.signal);
    setRunStatus(app.db, run.id, status, { reason });
    throw error;
  }
  return getRun(app.db, run.id);
}

/**
 * Passes the engine's events on to the store until the last one.
 * @returns why a training that was not done to its end counts as finished; null for a whole one
 */
async function follow(app: App, run: RunRow): Promise<string | null> {
  let kept: string | null = null;
  const metrics = new MetricBuffer(app.db, run.id);
  const job = await trainJobOf(app, run);
  const probe = app.probes ? createLiveProbe(app, run, job) : null;
  let isEpochDone = false;
  try {
    for await (const event of app.engine().train(job, app.signal)) {
      metrics.add(event);
      if (event.type === 'checkpoint') {
        metrics.flush();
        await keepCheckpoint(app, run, event);
        if (isEpochDone) probe?.look(event);
        isEpochDone = false;
      } else if (event.type === 'plan') {
        for (const note of planNotes(event, run.config)) warn(app, run, note);
      } else if (event.type === 'epoch') {
        isEpochDone = true;
      } else if (event.type === 'warning') {
        warn(app, run, event.warning);
      } else if (event.type === 'step') {
        reportStep(app, run, event, metrics.totalSteps);
      } else if (event.type === 'end' && event.status === 'stopped') {
        if (intentOf(app.signal) !== 'keep') throw new StoppedError(run.id);
        kept = say('warning.stopped-early', {
          step: event.step,
          steps: metrics.totalSteps ?? '?',
        });
        warn(app, run, { code: 'stopped-early', message: kept });
        setDeviation(app.db, run.id, 'kept-early');
      }
    }
  } finally {
    metrics.flush();
    await probe?.settled();
  }
  for (const term of weakTerms(sharesOf(app, run))) warn(app, run, weakTermNote(term));
  return kept;
}

function warn(app: App, run: RunRow, warning: Warning): void {
  recordWarning(app.db, { runId: run.id }, warning);
  app.note(`Warning: ${warning.message}`);
}

type Step = Extract<TrainEvent, { type: 'step' }>;

function reportStep(app: App, run: RunRow, event: Step, totalSteps: number | undefined): void {
  if (totalSteps === undefined) return;
  const detail = say('detail.loss', { loss: event.loss.toPrecision(4) });
  const stage = say('stage.train', { method: run.method, seed: run.seed });
  app.report({ stage, done: event.step, total: totalSteps, detail });
}

/** Each weighted term's share of the gradient norm, one value an epoch. */
function sharesOf(app: App, run: RunRow): Map<string, number[]> {
  const prefix = 'gradientShares.';
  const points = getMetrics(app.db, run.id).filter(({ name }) => name.startsWith(prefix));
  const byName = Map.groupBy(points, ({ name }) => name.slice(prefix.length));
  return new Map([...byName].map(([term, values]) => [term, values.map(({ value }) => value)]));
}

async function trainJobOf(app: App, run: RunRow): Promise<TrainJob> {
  const dataset = getDataset(app.db, run.datasetId);
  const chosen = chooseClasses(app.db, dataset, run.config.classes);
  const drawn = await resolveExamples(app.db, dataset, 'train', runSample(app.db, run.id));
  return {
    config: run.config,
    model: { path: getModel(app.db, run.modelId).path },
    task: taskOf(dataset, chosen),
    // A half of the classes is chosen after the few shots were drawn, as published.
    examples: ofClasses(drawn, chosen),
    runFolder: app.workspace.runFolder(run.id),
    // A checkpoint may be there that a killed process could not record.
    resume: run.startedAt !== null,
  };
}

async function keepCheckpoint(
  app: App,
  run: RunRow,
  event: Extract<TrainEvent, { type: 'checkpoint' }>,
): Promise<void> {
  const { size } = await stat(event.path);
  recordCheckpoint(app.db, {
    runId: run.id,
    step: event.step,
    epoch: event.epoch,
    path: relativeToWorkspace(app.workspace, event.path),
    sizeBytes: size,
  });
}
