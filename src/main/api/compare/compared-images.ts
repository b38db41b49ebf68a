import type { EvaluationAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { Outcome } from '../../../shared/results.ts';
import { type Sentence, sentence } from '../../../shared/sentence.ts';
import { type ComparedEvaluation, unlikeProtocols } from '../../statistics/unlike.ts';
import type { Database } from '../../store/database.ts';
import type { EvaluationRow } from '../../store/evaluations.ts';
import { type OutcomesReader, outcomesReader } from '../../store/outcomes.ts';
import { NATURAL } from '../create-run.ts';
import { type AlikeEvaluations, alikeEvaluations, attackKey } from './alike-evaluations.ts';
import type { RunsOfPair, Sides } from './sides.ts';

/** One image as both runs of a pair saw it. */
export type SeenImage = { id: string; label: number; a: Outcome; b: Outcome };
export type PairImages = { pair: RunsOfPair; images: SeenImage[] };

export type ComparedImages = {
  attacks: { key: string; attack: EvaluationAttack; n: number }[];
  /** The one that is compared; null where there is none that all met. */
  attack: EvaluationAttack | null;
  /** The same images in the same order for every pair, without attack and under it. */
  natural: PairImages[];
  robust: PairImages[] | null;
  unlike: Sentence[];
};

type Measured = { pair: RunsOfPair; alike: AlikeEvaluations };

/** The attacks that all runs of two sides met on the same images, what is compared by itself first. */
export function attacksOn(db: Database, sides: Sides): ComparedImages['attacks'] {
  return commonAttacks(measuredPairs(db, sides));
}

function measuredPairs(db: Database, sides: Sides): Measured[] {
  return sides.pairs.map((pair) => ({ pair, alike: alikeEvaluations(db, pair.a, pair.b) }));
}

/**
 * What two sides were measured on alike, image by image.
 * @param key one of the `attacks`; null is the newest
 * @throws FaptError `not-comparable`, `attack-unknown`
 */
export function comparedImages(db: Database, sides: Sides, key: string | null): ComparedImages {
  const measured = measuredPairs(db, sides);
  const attacks = commonAttacks(measured);
  const chosen = key === null ? attacks[0] : attacks.find((attack) => attack.key === key);
  if (key !== null && !chosen) {
    throw new FaptError(
      'attack-unknown',
      'Not every run of the two sides met that attack: choose another one.',
    );
  }
  const read = outcomesReader(db);
  const natural = seenBy(measured, read, ({ natural }) => natural);
  if (natural[0]?.images.length === 0) {
    throw new FaptError(
      'not-comparable',
      'The seeds were evaluated on different images: run "fapt eval" on all of them alike.',
    );
  }
  return {
    attacks,
    attack: chosen?.attack ?? null,
    natural,
    robust: chosen ? seenBy(measured, read, ({ attacked }) => withKey(attacked, chosen.key)) : null,
    unlike: unlikeOf(measured, sides, read, chosen?.key),
  };
}

/** In what the two sides, or the seeds of one, are no measurements of one thing. */
function unlikeOf(
  measured: readonly Measured[],
  sides: Sides,
  read: OutcomesReader,
  key: string | undefined,
): Sentence[] {
  const unlike = measured.flatMap((one) => unlikeInPair(one, read, key));
  const apart = measured.flatMap(({ alike }) => alike.attackedApart ?? []);
  const isMetBySome = measured.some(({ alike }) => alike.attacked.length > 0);
  if (key === undefined && isMetBySome) {
    unlike.push(sentence('unlike.seeds-attacks'));
  } else if (key === undefined) {
    unlike.push(...apart);
  }
  const [{ a: first }] = sides.pairs;
  const paired = sides.pairs.flatMap(({ a, b }) => [a, b]);
  if (unlike.length === 0 && paired.some(({ modelHash }) => modelHash !== first.modelHash)) {
    unlike.push(sentence('unlike.seeds-weights'));
  }
  if (unlike.length === 0 && paired.some(({ splitHash }) => splitHash !== first.splitHash)) {
    unlike.push(sentence('unlike.seeds-splits'));
  }
  return [...new Map(unlike.map((one) => [one.message, one])).values()];
}

function commonAttacks(measured: readonly Measured[]): ComparedImages['attacks'] {
  const [first, ...others] = measured;
  const offered = new Map<string, ComparedImages['attacks'][number]>();
  for (const [left] of first?.alike.attacked ?? []) {
    const key = attackKey(left);
    const everywhere = others.every(({ alike }) =>
      alike.attacked.some(([row]) => attackKey(row) === key),
    );
    if (everywhere && !offered.has(key)) offered.set(key, { key, attack: left.attack, n: left.n });
  }
  return [...offered.values()];
}

function withKey(pairs: readonly [EvaluationRow, EvaluationRow][], key: string) {
  const found = pairs.find(([row]) => attackKey(row) === key);
  if (!found) throw new TypeError(`no evaluation under ${key}`);
  return found;
}

/** Images that every pair has, in the order of the split. */
function seenBy(
  measured: readonly Measured[],
  read: OutcomesReader,
  choose: (alike: AlikeEvaluations) => [EvaluationRow, EvaluationRow],
): PairImages[] {
  const all = measured.map(({ pair, alike }) => {
    const [left, right] = choose(alike);
    const others = new Map(read(right.id).map((outcome) => [outcome.id, outcome]));
    const images = read(left.id).flatMap((a): SeenImage[] => {
      const b = others.get(a.id);
      return b ? [{ id: a.id, label: a.label, a, b }] : [];
    });
    return { pair, images };
  });
  const [first, ...rest] = all;
  if (rest.length === 0 || !first) return all;
  const sets = rest.map(({ images }) => new Map(images.map((image) => [image.id, image])));
  const ids = first.images.map(({ id }) => id).filter((id) => sets.every((set) => set.has(id)));
  const kept = new Set(ids);
  return [
    { pair: first.pair, images: first.images.filter(({ id }) => kept.has(id)) },
    ...rest.map(({ pair }, index) => ({
      pair,
      images: ids.map((id) => sets[index]?.get(id) as SeenImage),
    })),
  ];
}

function unlikeInPair(
  { pair, alike }: Measured,
  read: OutcomesReader,
  key: string | undefined,
): Sentence[] {
  const attacked = key === undefined ? null : withKey(alike.attacked, key);
  const side = (which: 0 | 1): ComparedEvaluation => {
    const run = which === 0 ? pair.a : pair.b;
    const row = (attacked ?? alike.natural)[which];
    return {
      name: run.id,
      outcomes: read(row.id),
      attack: attacked ? row.attack : NATURAL,
      natural: read(alike.natural[which].id),
      modelHash: run.modelHash,
      splitHash: run.splitHash,
    };
  };
  return unlikeProtocols(side(0), side(1));
}
