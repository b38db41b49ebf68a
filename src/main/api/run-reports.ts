import type { RunDocument, RunReport } from '../../shared/api-results.ts';
import type { Warning } from '../../shared/results.ts';
import type { Database } from '../store/database.ts';
import { type EvaluationRow, listEvaluations } from '../store/evaluations.ts';
import { listOutcomes, summarizeRun } from '../store/outcomes.ts';
import { listRuns } from '../store/run-list.ts';
import { getRun, type RunRow } from '../store/runs.ts';
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

/** A run's report and, if wanted, the outcomes behind its robust accuracy (else its natural one). */
export function runDocument(db: Database, idOrPrefix: string, outcomes = false): RunDocument {
  const run = getRun(db, idOrPrefix);
  const report = runReport(db, run);
  if (!outcomes) return { run: report };
  const { robustEvaluation, naturalEvaluation } = summarizeRun(db, run.id);
  const evaluation = robustEvaluation ?? naturalEvaluation;
  const rows = evaluation === null ? [] : listOutcomes(db, evaluation);
  return { run: report, outcomes: rows.map(({ perturbation: _, ...row }) => row) };
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

/** A run's report with the numbers of one evaluation, whatever else was measured later. */
export function evaluatedDocument(
  db: Database,
  runId: string,
  evaluation: EvaluationRow,
): RunDocument {
  const report = runReport(db, getRun(db, runId));
  const { n, cleanRight, attacked, robustRight, attack } = evaluation;
  if (attack.name === 'none') {
    return { run: { ...report, naturalAccuracy: cleanRight / n, naturalN: n } };
  }
  return { run: { ...report, robustAccuracy: robustRight / attacked, n: attacked, attack } };
}
