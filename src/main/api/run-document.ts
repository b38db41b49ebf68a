import type { RunDocument } from '../../shared/api-results.ts';
import type { Database } from '../store/database.ts';
import { listEvaluations } from '../store/evaluations.ts';
import { outcomesReader, summarizeRun } from '../store/outcomes.ts';
import { getRun } from '../store/runs.ts';
import { evaluationReport } from './evaluation-reports.ts';
import { runReport } from './run-reports.ts';
import { worstCases } from './worst-case.ts';

/** A run's report and, if wanted, the outcomes behind its robust accuracy (else its natural one). */
export function runDocument(db: Database, idOrPrefix: string, outcomes = false): RunDocument {
  const run = getRun(db, idOrPrefix);
  const read = outcomesReader(db);
  const document = {
    run: runReport(db, run),
    evaluations: listEvaluations(db, run.id).map((row) => evaluationReport(db, row, read)),
    worstCases: worstCases(db, run.id, read),
  };
  if (!outcomes) return document;
  const { robustEvaluation, naturalEvaluation } = summarizeRun(db, run.id);
  const evaluation = robustEvaluation ?? naturalEvaluation;
  const rows = evaluation === null ? [] : read(evaluation);
  return { ...document, outcomes: rows.map(({ perturbation: _, ...row }) => row) };
}
