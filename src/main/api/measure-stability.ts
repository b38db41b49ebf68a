import type { StabilityRow } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { balancedSubset } from '../datasets/subset.ts';
import { StoppedError } from '../jobs/job-error.ts';
import { tunedModelOf } from '../jobs/tuned-model.ts';
import { getDataset } from '../store/datasets.ts';
import { type EvaluationRow, listEvaluations } from '../store/evaluations.ts';
import { isHeadline, listOutcomes } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import { listStability, recordStability } from '../store/stability.ts';
import { blobPath, hasBlob } from '../workspace/blobs.ts';
import type { App } from './app.ts';

const BATCH_SIZE = 10;

export type StabilityOptions = {
  /** What the progress says. */
  stage: string;
  /** Insertion and deletion too. */
  curves: boolean;
  /** Attacked images, balanced over classes; null: all of the evaluation's. */
  subset?: number | null;
};

export type MeasuredStability = { evaluation: EvaluationRow; rows: StabilityRow[] };

/** The attack whose images a run's maps are measured on: its newest robust accuracy. */
export function measuredEvaluation(app: App, run: RunRow): EvaluationRow | null {
  const isMeasured = (row: EvaluationRow) =>
    row.status === 'finished' && row.own && row.n > 0 && isHeadline(row);
  return listEvaluations(app.db, run.id).find(isMeasured) ?? null;
}

/**
 * How far the maps of the true class drift under the run's newest attack, for every attacked image,
 * in test order. What was measured before is read from the store.
 * @throws FaptError `not-attacked` where the run was never attacked; StoppedError on a stop
 */
export async function measureStability(
  app: App,
  run: RunRow,
  { stage, curves, subset = null }: StabilityOptions,
): Promise<MeasuredStability> {
  const evaluation = measuredEvaluation(app, run);
  if (!evaluation) {
    throw new FaptError(
      'not-attacked',
      `Run ${run.id} was never attacked, so there is nothing that its maps could drift under: use "fapt eval ${run.id}" first.`,
    );
  }
  const outcomes = balancedSubset(listOutcomes(app.db, evaluation.id), subset);
  const known = new Map(
    listStability(app.db, evaluation.id)
      .filter(({ insertionClean }) => insertionClean !== null || !curves)
      .map((row) => [row.id, row]),
  );
  const left = outcomes.filter(({ id, label }) => known.get(id)?.target !== label);
  if (left.length > 0)
    await measure(
      app,
      run,
      evaluation,
      { stage, curves },
      left.map(({ id }) => id),
    );
  const measured = new Map(listStability(app.db, evaluation.id).map((row) => [row.id, row]));
  return { evaluation, rows: outcomes.map(({ id }) => measured.get(id) as StabilityRow) };
}

async function measure(
  app: App,
  run: RunRow,
  evaluation: EvaluationRow,
  { stage, curves }: StabilityOptions,
  ids: string[],
): Promise<void> {
  const dataset = getDataset(app.db, run.datasetId);
  const chosen = chooseClasses(app.db, dataset, evaluation.classes);
  const examples = ofClasses(await resolveExamples(app.db, dataset, 'test', ids), chosen);
  const kept = new Map(
    listOutcomes(app.db, evaluation.id).map((row) => [row.id, row.perturbation]),
  );
  const fileOf = (id: string) => {
    const hash = kept.get(id);
    return hash && hasBlob(app.workspace, hash) ? blobPath(app.workspace, hash) : null;
  };
  const job = {
    tuned: tunedModelOf(app, run),
    examples: examples.map((example) => ({ example, perturbation: fileOf(example.id) })),
    attack: evaluation.attack,
    batchSize: BATCH_SIZE,
    curves,
  };
  for await (const event of app.engine().stability(job, app.signal)) {
    if (event.type === 'rows') {
      recordStability(app.db, evaluation.id, event.rows);
      app.report({ stage, done: event.done, total: event.total });
    } else if (event.status === 'stopped') throw new StoppedError(run.id);
  }
}
