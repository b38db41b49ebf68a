import type { RunReport } from '../../shared/api-results.ts';
import type { Warning } from '../../shared/results.ts';
import type { Database } from '../store/database.ts';
import { listEvaluations } from '../store/evaluations.ts';
import { summarizeRun } from '../store/outcomes.ts';
import { listRuns } from '../store/run-list.ts';
import type { RunRow } from '../store/runs.ts';
import { listWarnings } from '../store/warnings.ts';

type ReportedRun = Omit<RunRow, 'config' | 'environment'>;

/** A run with its numbers, each beside its n and its attack. */
export function runReport(db: Database, run: ReportedRun): RunReport {
  const { naturalAccuracy, naturalN, robustAccuracy, n, attack } = summarizeRun(db, run.id);
  return {
    id: run.id,
    status: run.status,
    statusReason: run.statusReason,
    method: run.method,
    dataset: run.dataset,
    model: run.model,
    shots: run.shots,
    seed: run.seed,
    naturalAccuracy,
    naturalN,
    robustAccuracy,
    n,
    attack,
    step: run.step,
    totalSteps: run.totalSteps,
    warnings: warningsOf(db, run.id),
  };
}

/** The newest runs. */
export function runReports(db: Database, limit: number): RunReport[] {
  return listRuns(db, {}, { limit }).map((run) => runReport(db, run));
}

/** Warnings of a run and of its evaluations. */
export function warningsOf(db: Database, runId: string): Warning[] {
  const evaluations = listEvaluations(db, runId).toReversed();
  return [
    ...listWarnings(db, { runId }),
    ...evaluations.flatMap(({ id }) => listWarnings(db, { evaluationId: id })),
  ];
}
