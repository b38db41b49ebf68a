import type { StabilityEvent, StabilityJob, StabilityRow } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Outcome } from '../../shared/results.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { balancedSubset } from '../datasets/subset.ts';
import { tunedModelOf } from '../jobs/tuned-model.ts';
import { getDataset } from '../store/datasets.ts';
import { type EvaluationRow, listEvaluations } from '../store/evaluations.ts';
import { isHeadline, listOutcomes } from '../store/outcomes.ts';
import type { RunRow } from '../store/runs.ts';
import { listStability, recordStability } from '../store/stability.ts';
import { keptBlob } from '../workspace/blobs.ts';
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
 * in test order. What was measured before is read from the store; each finished batch is stored.
 * @throws FaptError `not-attacked` where the run was never attacked; `stopped` on a stop
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
  const known = measuredRows(app, evaluation);
  const isKnown = ({ id, label }: Outcome) => {
    const row = known.get(id);
    return row?.target === label && (row.insertionClean !== null || !curves);
  };
  const left = outcomes.filter((outcome) => !isKnown(outcome));
  if (left.length > 0) {
    const events = app
      .engine()
      .stability(await jobOf(app, run, evaluation, left, curves), app.signal);
    await follow(app, evaluation, events, { stage, before: outcomes.length - left.length });
  }
  const measured = measuredRows(app, evaluation);
  const rows = outcomes.map(({ id }) => measured.get(id) as StabilityRow);
  // Curves of the part of the images that once had them would stand for no sample.
  return { evaluation, rows: curves ? rows : rows.map(withoutCurves) };
}

/** What was measured so far of a run's newest attack, in test order; null where it was never attacked. */
export function knownStability(app: App, run: RunRow): MeasuredStability | null {
  const evaluation = measuredEvaluation(app, run);
  if (!evaluation) return null;
  const known = measuredRows(app, evaluation);
  const rows = listOutcomes(app.db, evaluation.id).flatMap(({ id, label }) => {
    const row = known.get(id);
    return row?.target === label ? [row] : [];
  });
  return { evaluation, rows };
}

function measuredRows(app: App, evaluation: EvaluationRow): Map<string, StabilityRow> {
  return new Map(listStability(app.db, evaluation.id).map((row) => [row.id, row]));
}

function withoutCurves(row: StabilityRow): StabilityRow {
  return {
    ...row,
    insertionClean: null,
    insertionAdversarial: null,
    deletionClean: null,
    deletionAdversarial: null,
  };
}

/** What is left to measure, with the perturbations that are still kept. */
async function jobOf(
  app: App,
  run: RunRow,
  { attack, classes }: EvaluationRow,
  left: Outcome[],
  curves: boolean,
): Promise<StabilityJob> {
  const dataset = getDataset(app.db, run.datasetId);
  const ids = left.map(({ id }) => id);
  const examples = ofClasses(
    await resolveExamples(app.db, dataset, 'test', ids),
    chooseClasses(app.db, dataset, classes),
  );
  const kept = new Map(left.map(({ id, perturbation }) => [id, perturbation]));
  const fileOf = (id: string) => keptBlob(app.workspace, kept.get(id));
  return {
    tuned: tunedModelOf(app, run),
    examples: examples.map((example) => ({ example, perturbation: fileOf(example.id) })),
    attack,
    batchSize: BATCH_SIZE,
    curves,
  };
}

async function follow(
  app: App,
  evaluation: EvaluationRow,
  events: AsyncIterable<StabilityEvent>,
  { stage, before }: { stage: string; before: number },
): Promise<void> {
  for await (const event of events) {
    if (event.type === 'rows') recordStability(app.db, evaluation.id, event.rows);
    if (event.type !== 'end') {
      app.report({ stage, done: before + event.done, total: before + event.total });
    } else if (event.status === 'stopped') {
      throw new FaptError(
        'stopped',
        'Stopped; what was measured is kept, and the same command goes on from here.',
      );
    }
  }
}
