import { describeAttack, type EvaluationAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import { type Sentence, sentence } from '../../../shared/sentence.ts';
import { unlikeAttacks } from '../../statistics/unlike.ts';
import type { Database } from '../../store/database.ts';
import { type EvaluationRow, listEvaluations } from '../../store/evaluations.ts';
import { isHeadline } from '../../store/outcomes.ts';
import type { RunRow } from '../../store/runs.ts';

/** The evaluations of two runs that can be laid side by side: of the same images and classes. */
export type AlikeEvaluations = {
  /** On as many images as there are. */
  natural: [EvaluationRow, EvaluationRow];
  /** Under one and the same attack: those that can stand as robust accuracy first, newest first. */
  attacked: [EvaluationRow, EvaluationRow][];
  /** Said where an attack was run on one or both, but never the same on both; else null. */
  attackedApart: Sentence | null;
};

/** @throws FaptError `not-comparable`, saying what to run */
export function alikeEvaluations(db: Database, a: RunRow, b: RunRow): AlikeEvaluations {
  if (a.datasetId !== b.datasetId) {
    throw new FaptError(
      'not-comparable',
      `Run ${a.id} is on dataset "${a.dataset}" and run ${b.id} on "${b.dataset}": compare runs on one dataset.`,
    );
  }
  const ofA = finishedEvaluations(db, a.id);
  const ofB = finishedEvaluations(db, b.id);
  const pairs = ofA.flatMap((left) =>
    ofB
      .filter((right) => isOfSameImages(left, right))
      .map((right): [EvaluationRow, EvaluationRow] => [left, right]),
  );
  const natural = pairs.toSorted(([left], [right]) => right.n - left.n)[0];
  if (!natural) throw notEvaluatedAlike(a, b, ofA, ofB);
  // The lists are newest first, and what can stand as robust accuracy comes before the rest.
  const attacked = pairs
    .filter(([left, right]) => isSameAttack(left.attack, right.attack))
    .toSorted(([a], [b]) => Number(isHeadline(b)) - Number(isHeadline(a)));
  return {
    natural,
    attacked,
    attackedApart: attacked.length > 0 ? null : attackedApart(newestAttack(ofA), newestAttack(ofB)),
  };
}

function newestAttack(rows: readonly EvaluationRow[]): EvaluationRow | undefined {
  return rows.find(isHeadline) ?? rows.find(({ attack }) => attack.name !== 'none');
}

function attackedApart(
  a: EvaluationRow | undefined,
  b: EvaluationRow | undefined,
): Sentence | null {
  if (!a && !b) return null;
  const reasons =
    a && b
      ? [
          ...unlikeAttacks(a.attack, b.attack),
          ...(a.idsHash === b.idsHash
            ? []
            : [sentence('unlike.attacked-images', { a: a.n, b: b.n })]),
        ]
      : [sentence('unlike.one-attacked')];
  return sentence('unlike.never-attacked-alike', { reasons });
}

/** What a run was found to do on the classes it was trained on, newest first. */
export function finishedEvaluations(db: Database, runId: string): EvaluationRow[] {
  return listEvaluations(db, runId).filter(
    ({ status, n, purpose, own }) => status === 'finished' && n > 0 && purpose === 'result' && own,
  );
}

/** The model sees other images where a border stays in every forward pass. */
function isOfSameImages(a: EvaluationRow, b: EvaluationRow): boolean {
  return a.idsHash === b.idsHash && a.classes === b.classes && a.attack.frame === b.attack.frame;
}

/** Alike in everything but the number of images, which are compared by themselves. */
function isSameAttack(a: EvaluationAttack, b: EvaluationAttack): boolean {
  if (a.name === 'none' || b.name === 'none') return false;
  return attackSettings(a) === attackSettings(b);
}

/** Names an attack on a set of images, the same for every pair of runs that met it. */
export function attackKey({ attack, idsHash, classes }: EvaluationRow): string {
  return `${idsHash.slice(0, 8)} ${classes} ${attackSettings(attack)}`;
}

/** One text for one attack, whatever images it ran on. */
export function attackSettings(attack: EvaluationAttack): string {
  const settings = Object.entries({ ...attack, subset: null });
  return JSON.stringify(settings.sort(([a], [b]) => (a < b ? -1 : 1)));
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
