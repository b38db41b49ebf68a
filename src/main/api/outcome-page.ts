import type { EvaluationReport } from '../../shared/api-results.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Outcome } from '../../shared/results.ts';
import type { Database } from '../store/database.ts';
import { getEvaluation } from '../store/evaluations.ts';
import { listOutcomes, summarizeRun } from '../store/outcomes.ts';
import { getRun } from '../store/runs.ts';
import { evaluationReport } from './evaluation-reports.ts';

type Shown = 'all' | 'wrong' | 'fooled' | 'robust';

export type OutcomePage = {
  evaluation: number | null;
  show: Shown;
  offset: number;
  limit: number;
};

const SHOWN: Record<Shown, (outcome: Outcome) => boolean> = {
  all: () => true,
  /** Already without an attack. */
  wrong: ({ clean, label }) => clean !== label,
  fooled: ({ clean, adversarial, label }) => clean === label && adversarial !== label,
  robust: ({ adversarial, label }) => adversarial === label,
};

/** Image by image, in the order of the split, what an evaluation of a run found. */
export function outcomePage(db: Database, idOrPrefix: string, page: OutcomePage) {
  const run = getRun(db, idOrPrefix);
  const { robustEvaluation, naturalEvaluation } = summarizeRun(db, run.id);
  const id = page.evaluation ?? robustEvaluation ?? naturalEvaluation;
  if (id === null) return { total: 0, evaluation: null, outcomes: [] };
  const evaluation = getEvaluation(db, id);
  if (evaluation.runId !== run.id) {
    throw new FaptError('evaluation-unknown', `Evaluation ${id} is not one of run ${run.id}.`);
  }
  const isAttacked = evaluation.attack.name !== 'none';
  const kept = listOutcomes(db, id).filter(
    (outcome) => (isAttacked || page.show !== 'fooled') && SHOWN[page.show](outcome),
  );
  const outcomes = kept
    .slice(page.offset, page.offset + page.limit)
    .map(({ perturbation: _, ...row }) => row);
  const report: EvaluationReport = evaluationReport(db, evaluation);
  return { total: kept.length, evaluation: report, outcomes };
}
