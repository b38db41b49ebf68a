import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Outcome } from '../../shared/results.ts';
import type { Database } from './database.ts';
import { type EvaluationRow, listEvaluations } from './evaluations.ts';
import { all, one, statement } from './statement.ts';

export type EvaluationSummary = {
  n: number;
  naturalAccuracy: number | null;
  /** Null where nothing was attacked. */
  robustAccuracy: number | null;
};

export type RunSummary = {
  naturalAccuracy: number | null;
  naturalN: number | null;
  robustAccuracy: number | null;
  /** Examples behind the robust accuracy; behind the natural one where there was no attack. */
  n: number | null;
  attack: EvaluationAttack | null;
  naturalEvaluation: number | null;
  robustEvaluation: number | null;
};

/** Stores outcomes in one transaction; one that is there already is replaced. */
export function recordOutcomes(
  db: Database,
  evaluationId: number,
  outcomes: readonly Outcome[],
): void {
  const upsert = statement(
    db,
    `INSERT INTO outcomes (evaluation_id, example_id, label, clean, adversarial, margin, fell_at,
       perturbation)
     VALUES (:evaluationId, :id, :label, :clean, :adversarial, :margin, :fellAt, :perturbation)
     ON CONFLICT (evaluation_id, example_id) DO UPDATE SET
       label = excluded.label, clean = excluded.clean, adversarial = excluded.adversarial,
       margin = excluded.margin, fell_at = excluded.fell_at,
       perturbation = excluded.perturbation`,
  );
  db.transaction(() => {
    for (const outcome of outcomes) upsert.run({ ...outcome, evaluationId });
  })();
}

/** Examples that need no more work when the evaluation is resumed. */
export function doneIds(db: Database, evaluationId: number): Set<string> {
  const rows = all<{ id: string }>(
    db,
    'SELECT example_id AS id FROM outcomes WHERE evaluation_id = ?',
    evaluationId,
  );
  return new Set(rows.map((row) => row.id));
}

/** In the order of the split. */
export function listOutcomes(db: Database, evaluationId: number): Outcome[] {
  return all(
    db,
    `SELECT example_id AS id, outcomes.label, clean, adversarial, margin, fell_at AS fellAt,
       perturbation
     FROM outcomes JOIN evaluations ON evaluations.id = outcomes.evaluation_id
     WHERE evaluation_id = ?
     ORDER BY (SELECT min(position) FROM images WHERE images.dataset_id = evaluations.dataset_id
       AND images.split = evaluations.split AND images.path = example_id), example_id`,
    evaluationId,
  );
}

/** What an evaluation found of one image; null where it has not met it. */
export function findOutcome(db: Database, evaluationId: number, id: string): Outcome | null {
  return (
    one<Outcome>(
      db,
      `SELECT example_id AS id, label, clean, adversarial, margin, fell_at AS fellAt, perturbation
       FROM outcomes WHERE evaluation_id = ? AND example_id = ?`,
      evaluationId,
      id,
    ) ?? null
  );
}

export type OutcomesReader = (evaluationId: number) => Outcome[];

/** Reads each evaluation's outcomes once, for a document that looks at them several times. */
export function outcomesReader(db: Database): OutcomesReader {
  const known = new Map<number, Outcome[]>();
  return (id) => {
    const rows = known.get(id) ?? listOutcomes(db, id);
    known.set(id, rows);
    return rows;
  };
}

/**
 * On the classes the run was trained on: natural accuracy from the finished evaluation over most
 * examples (the newest of equals), robust accuracy from the newest finished headline evaluation.
 */
export function summarizeRun(db: Database, runId: string): RunSummary {
  return summarizeEvaluations(listEvaluations(db, runId));
}

/** `evaluations` are those of one run, newest first. */
function summarizeEvaluations(evaluations: readonly EvaluationRow[]): RunSummary {
  const finished = evaluations.filter(
    ({ status, n, own, attack }) =>
      status === 'finished' && n > 0 && own && attack.frame === 'always',
  );
  const natural = finished.reduce<EvaluationRow | null>(
    (best, next) => (best === null || next.n > best.n ? next : best),
    null,
  );
  const robust = finished.find(isHeadline) ?? null;
  return {
    naturalAccuracy: natural && summarizeEvaluation(natural).naturalAccuracy,
    naturalN: natural?.n ?? null,
    robustAccuracy: robust && summarizeEvaluation(robust).robustAccuracy,
    n: (robust ?? natural)?.n ?? null,
    attack: (robust ?? natural)?.attack ?? null,
    naturalEvaluation: natural?.id ?? null,
    robustEvaluation: robust?.id ?? null,
  };
}

/**
 * Whether an evaluation can stand as a run's robust accuracy: an attack on the run itself, counted at
 * its end. Noise, transferred images, any-step counts and points of a sweep are shown under their
 * own names.
 */
export function isHeadline({ attack, purpose }: EvaluationRow): boolean {
  const isAttack = attack.name !== 'none' && attack.name !== 'noise';
  return isAttack && attack.source === null && !attack.stopWhenFooled && purpose === 'result';
}

export function summarizeEvaluation(evaluation: EvaluationRow): EvaluationSummary {
  const { n, cleanRight, attacked, robustRight } = evaluation;
  return {
    n,
    naturalAccuracy: n === 0 ? null : cleanRight / n,
    robustAccuracy: attacked === 0 ? null : robustRight / attacked,
  };
}
