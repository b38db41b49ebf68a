import { isDeepStrictEqual } from 'node:util';
import type { CompareReport } from '../../shared/api-results.ts';
import { describeAttack, type EvaluationAttack } from '../../shared/attack.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { Outcome } from '../../shared/results.ts';
import { comparePaired } from '../statistics/compare-paired.ts';
import { configDifference } from '../statistics/config-difference.ts';
import type { ComparedEvaluation } from '../statistics/unlike.ts';
import type { Database } from '../store/database.ts';
import { type EvaluationRow, listEvaluations } from '../store/evaluations.ts';
import { clustersOf } from '../store/images.ts';
import { listOutcomes } from '../store/outcomes.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { NATURAL } from './create-run.ts';

/** The evaluations of two runs that can be laid side by side. */
export type PairedEvaluations = {
  /** Under one and the same attack on the same images; null where there is no such pair. */
  robust: [EvaluationRow, EvaluationRow] | null;
  /** On the same images, as many as there are. */
  natural: [EvaluationRow, EvaluationRow];
};

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
  const { robust, natural } = pairedEvaluations(db, a, b);
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
    unlike: robust ? compared.unlike : [...compared.unlike, ...attackedApart(db, a, b)],
    configDifference: configDifference(a.config, b.config),
  };
}

/** @throws FaptError `not-comparable`, saying what to run */
export function pairedEvaluations(db: Database, a: RunRow, b: RunRow): PairedEvaluations {
  if (a.datasetId !== b.datasetId) {
    throw new FaptError(
      'not-comparable',
      `Run ${a.id} is on dataset "${a.dataset}" and run ${b.id} on "${b.dataset}": compare runs on one dataset.`,
    );
  }
  const ofA = finished(db, a.id);
  const ofB = finished(db, b.id);
  const pairs = ofA.flatMap((left) =>
    ofB
      .filter((right) => right.idsHash === left.idsHash && right.classes === left.classes)
      .map((right): [EvaluationRow, EvaluationRow] => [left, right]),
  );
  // The lists are newest first, so the first pair under one attack is the newest one.
  const robust = pairs.find(([left, right]) => isSameAttack(left.attack, right.attack)) ?? null;
  const natural = pairs.toSorted(([left], [right]) => right.n - left.n)[0];
  if (!natural) throw notEvaluatedAlike(a, b, ofA, ofB);
  return { robust, natural };
}

function finished(db: Database, runId: string): EvaluationRow[] {
  return listEvaluations(db, runId).filter(
    ({ status, n, purpose, own }) => status === 'finished' && n > 0 && purpose === 'result' && own,
  );
}

/** Said where an attack was run on one or both, but never the same on both. */
function attackedApart(db: Database, a: RunRow, b: RunRow): string[] {
  const attacked = [a, b].some((run) =>
    finished(db, run.id).some(({ attack }) => attack.name !== 'none'),
  );
  return attacked ? ['the two were never attacked in the same way: run "fapt eval" on both'] : [];
}

/** Alike in everything but the number of images, which are compared by themselves. */
function isSameAttack(a: EvaluationAttack, b: EvaluationAttack): boolean {
  if (a.name === 'none' || b.name === 'none') return false;
  return isDeepStrictEqual({ ...a, subset: null }, { ...b, subset: null });
}

function notEvaluatedAlike(a: RunRow, b: RunRow, ofA: EvaluationRow[], ofB: EvaluationRow[]) {
  const list = (rows: EvaluationRow[]) =>
    rows.length === 0
      ? 'nothing'
      : rows.map(({ attack, n }) => `${describeAttack(attack)} on ${n} images`).join(', ');
  return new FaptError(
    'not-comparable',
    `Runs ${a.id} and ${b.id} were not evaluated alike (${list(ofA)}; ${list(ofB)}): ` +
      'run "fapt eval" on both with the same options.',
  );
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
