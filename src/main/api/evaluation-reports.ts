import { isDeepStrictEqual } from 'node:util';
import type {
  EvaluationDocument,
  EvaluationList,
  EvaluationReport,
} from '../../shared/api-results.ts';
import type { AttackSanity } from '../../shared/attack-sanity.ts';
import { probedIds } from '../jobs/probe-attack.ts';
import { attackSanity } from '../statistics/attack-sanity.ts';
import { wilsonInterval } from '../statistics/wilson.ts';
import type { Database } from '../store/database.ts';
import { getDataset } from '../store/datasets.ts';
import { type EvaluationRow, getEvaluation, listEvaluations } from '../store/evaluations.ts';
import { type OutcomesReader, outcomesReader } from '../store/outcomes.ts';
import { getRun } from '../store/runs.ts';
import { runReport } from './run-reports.ts';

/** One evaluation with its intervals and the badge of its attack. */
export function evaluationReport(
  db: Database,
  row: EvaluationRow,
  read: OutcomesReader = outcomesReader(db),
): EvaluationReport {
  const { id, status, classes, own, purpose, attack, n, cleanRight, attacked, robustRight } = row;
  return {
    id,
    status,
    dataset: getDataset(db, row.datasetId).name,
    classes,
    own,
    purpose,
    attack,
    n,
    naturalAccuracy: n === 0 ? null : cleanRight / n,
    naturalCi: n === 0 ? null : wilsonInterval(cleanRight, n),
    robustAccuracy: attacked === 0 ? null : robustRight / attacked,
    robustCi: attacked === 0 ? null : wilsonInterval(robustRight, attacked),
    sanity: attacked === 0 ? null : sanityOf(db, row, read),
  };
}

function sanityOf(db: Database, row: EvaluationRow, read: OutcomesReader): AttackSanity {
  const outcomes = read(row.id);
  const others = row.runId === null ? [] : listEvaluations(db, row.runId);
  const other = others.find((candidate) => differsInSteps(row, candidate));
  return attackSanity({
    attack: row.attack,
    outcomes,
    observed: row.observed,
    probe: row.probe,
    sample: probedIds(outcomes).sample,
    other: other ? { attack: other.attack, outcomes: read(other.id) } : null,
  });
}

/** The same attack on the same classes, finished, but for the number of steps and of images. */
function differsInSteps(a: EvaluationRow, b: EvaluationRow): boolean {
  const alike = b.status === 'finished' && a.datasetId === b.datasetId && a.classes === b.classes;
  const same = { steps: 0, subset: null };
  return (
    alike &&
    a.attack.steps !== b.attack.steps &&
    isDeepStrictEqual({ ...a.attack, ...same }, { ...b.attack, ...same })
  );
}

/** A run's report with the numbers of one evaluation. */
export function evaluationDocument(
  db: Database,
  runId: string,
  evaluationId: number,
): EvaluationDocument {
  const report = runReport(db, getRun(db, runId));
  const evaluation = evaluationReport(db, getEvaluation(db, evaluationId));
  const { naturalAccuracy, robustAccuracy, n, attack } = evaluation;
  const numbers =
    attack.name === 'none' ? { naturalAccuracy, naturalN: n } : { robustAccuracy, n, attack };
  return { run: { ...report, ...numbers }, evaluation };
}

export function evaluationDocuments(db: Database, runId: string, ids: number[]): EvaluationList {
  return {
    run: runReport(db, getRun(db, runId)),
    evaluations: ids.map((id) => evaluationReport(db, getEvaluation(db, id))),
  };
}
