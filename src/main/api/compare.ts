import type { CompareReport } from '../../shared/api-results.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { Outcome } from '../../shared/results.ts';
import { comparePaired } from '../statistics/compare-paired.ts';
import { configDifference } from '../statistics/config-difference.ts';
import type { ComparedEvaluation } from '../statistics/unlike.ts';
import type { Database } from '../store/database.ts';
import type { EvaluationRow } from '../store/evaluations.ts';
import { clustersOf } from '../store/images.ts';
import { listOutcomes } from '../store/outcomes.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { ATTACKED_APART, alikeEvaluations } from './compare/alike-evaluations.ts';
import { NATURAL } from './create-run.ts';

/**
 * Two runs image by image: on the largest set of images both were measured on, and under the newest
 * attack both met.
 * @throws FaptError `not-comparable` where the two share no evaluation
 */
export function compareRuns(db: Database, idA: string, idB: string): CompareReport {
  const a = getRun(db, idA);
  const b = getRun(db, idB);
  if (a.id === b.id) {
    throw new FaptError('not-comparable', `Both names mean run ${a.id}: give two different runs.`);
  }
  const { attacked, anyAttack, natural } = alikeEvaluations(db, a, b);
  const robust = attacked[0] ?? null;
  const names = namesOf(a, b);
  const [left, right] = robust ?? natural;
  const side = (name: string, run: RunRow, main: EvaluationRow, clean: EvaluationRow) =>
    ({
      name,
      // Outcomes of two different attacks are no pair: only their clean side is compared.
      outcomes: robust ? listOutcomes(db, main.id) : withoutAttack(listOutcomes(db, main.id)),
      attack: robust ? main.attack : NATURAL,
      natural: listOutcomes(db, clean.id),
      modelHash: run.modelHash,
      splitHash: run.splitHash,
    }) satisfies ComparedEvaluation;
  const sideA = side(names[0], a, left, natural[0]);
  const sideB = side(names[1], b, right, natural[1]);
  const ids = sideA.natural.map(({ id }) => id);
  const clusters = clustersOf(db, a.datasetId, 'test', ids);
  const compared = comparePaired(sideA, sideB, { clusters });
  return {
    a: a.id,
    b: b.id,
    natural: compared.natural,
    robust: compared.robust,
    attack: robust ? left.attack : null,
    verdict: compared.verdict,
    unlike: robust || !anyAttack ? compared.unlike : [...compared.unlike, ATTACKED_APART],
    configDifference: configDifference(a.config, b.config),
  };
}

function withoutAttack(outcomes: Outcome[]): Outcome[] {
  return outcomes.map((outcome) => ({ ...outcome, adversarial: null }));
}

/** The methods' titles, told apart where both are of one method. */
function namesOf(a: RunRow, b: RunRow): [string, string] {
  const [left, right] = [METHODS[a.method].title, METHODS[b.method].title];
  if (left !== right) return [left, right];
  if (a.seed !== b.seed) return [`${left} seed ${a.seed}`, `${right} seed ${b.seed}`];
  return [`${left} ${a.id}`, `${right} ${b.id}`];
}
