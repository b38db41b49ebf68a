import { describeAttack, type EvaluationAttack } from '../../shared/attack.ts';
import type { EvaluateJob } from '../../shared/engine-contract.ts';
import type { App } from '../api/app.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { testSubset } from '../datasets/subset.ts';
import { getDataset } from '../store/datasets.ts';
import {
  createEvaluation,
  type EvaluationRow,
  findEvaluation,
  getEvaluation,
  setEvaluationStatus,
} from '../store/evaluations.ts';
import { doneIds, recordOutcomes } from '../store/outcomes.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';
import { StoppedError, statusOf } from './job-error.ts';
import { keepWithinLimit, perturbationFolder } from './perturbation-limit.ts';
import { runLabel } from './run-label.ts';
import { tunedModelOf } from './tuned-model.ts';

/** The engine evaluates this many images at once; results do not depend on it. */
const BATCH_SIZE = 25;

/**
 * Evaluates a run under `attack` and keeps one outcome an image. An evaluation with the same
 * protocol is gone on with, or returned where it is finished already.
 * @throws StoppedError when `app.signal` is raised
 */
export async function runEvaluation(
  app: App,
  runId: string,
  attack: EvaluationAttack,
): Promise<EvaluationRow> {
  const run = getRun(app.db, runId);
  const tuned = tunedModelOf(app, run);
  const dataset = getDataset(app.db, run.datasetId);
  const ids = testSubset(app.db, dataset, attack.subset);
  const found = findEvaluation(app.db, { runId: run.id, attack, ids });
  if (found?.status === 'finished') return found;
  const done = found ? doneIds(app.db, found.id) : new Set<string>();
  const left = ids.filter((id) => !done.has(id));
  const examples = left.length > 0 ? await resolveExamples(app.db, dataset, 'test', left) : [];
  const evaluation = found ?? (await create(app, run, attack, ids));
  setEvaluationStatus(app.db, evaluation.id, 'running');
  try {
    if (examples.length > 0) {
      const job: EvaluateJob = {
        tuned,
        examples,
        attack,
        batchSize: BATCH_SIZE,
        perturbationFolder: attack.name === 'none' ? null : perturbationFolder(app),
      };
      await follow(app, run, evaluation, job, done.size);
    }
    setEvaluationStatus(app.db, evaluation.id, 'finished');
  } catch (error) {
    const { status, reason } = statusOf(error);
    setEvaluationStatus(app.db, evaluation.id, status, { reason });
    throw error;
  }
  return getEvaluation(app.db, evaluation.id);
}

async function create(app: App, run: RunRow, attack: EvaluationAttack, ids: string[]) {
  const environment = await app.environment();
  return createEvaluation(app.db, {
    runId: run.id,
    modelId: null,
    datasetId: run.datasetId,
    split: 'test',
    attack,
    ids,
    seed: run.seed,
    environment,
  });
}

async function follow(
  app: App,
  run: RunRow,
  evaluation: EvaluationRow,
  job: EvaluateJob,
  before: number,
): Promise<void> {
  const total = evaluation.expected;
  const stage = `evaluate ${runLabel(run)}, ${describeAttack(job.attack)}`;
  for await (const event of app.engine().evaluate(job, app.signal)) {
    if (event.type === 'outcomes') {
      recordOutcomes(app.db, evaluation.id, event.outcomes);
      await keepWithinLimit(app);
    }
    if (event.type === 'outcomes' || event.type === 'progress') {
      app.report({ stage, done: Math.min(before + event.done, total), total });
    } else if (event.type === 'warning') {
      recordWarning(app.db, { evaluationId: evaluation.id }, event.warning);
      app.note(`Warning: ${event.warning.message}`);
    } else if (event.status === 'stopped') {
      throw new StoppedError(run.id);
    }
  }
}
