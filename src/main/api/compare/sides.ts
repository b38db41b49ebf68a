import type { ComparedSide, SidesInput } from '../../../shared/api/compare.ts';
import { FaptError } from '../../../shared/errors.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import { newestOfSeeds } from '../../../shared/newest-of-seeds.ts';
import { type Sentence, sentence } from '../../../shared/sentence.ts';
import { chooseClasses, taskOf } from '../../datasets/class-set.ts';
import type { Database } from '../../store/database.ts';
import { getDataset } from '../../store/datasets.ts';
import { listRuns } from '../../store/run-list.ts';
import { getRun, type RunRow } from '../../store/runs.ts';

const EVERY_SEED = 10_000;

export type RunsOfPair = { seed: number; a: RunRow; b: RunRow };

export type Sides = {
  a: RunRow[];
  b: RunRow[];
  /** What they are called beside each other. */
  names: { a: string; b: string };
  /** By seed. */
  pairs: [RunsOfPair, ...RunsOfPair[]];
  /** Runs without a partner. */
  leftOut: Sentence[];
};

/**
 * The runs of two sides and who stands against whom.
 * @throws FaptError `run-unknown`, `run-ambiguous`, `side-mixed`, `not-comparable`
 */
export function resolveSides(db: Database, input: Pick<SidesInput, 'a' | 'b'>): Sides {
  const a = sideOf(db, input.a);
  const b = sideOf(db, input.b);
  const common = a.find((run) => b.some(({ id }) => id === run.id));
  if (common) {
    const text = `Both sides hold run ${common.id}: give two different runs.`;
    throw new FaptError('not-comparable', text);
  }
  const pairs = pairsOf(a, b);
  const [first, ...rest] = pairs;
  if (!first) {
    const seeds = (runs: RunRow[]) => runs.map(({ seed }) => seed).join(', ');
    throw new FaptError(
      'not-comparable',
      `The two sides have no seed in common (${seeds(a)}; ${seeds(b)}): train both with one seed.`,
    );
  }
  const paired = new Set(pairs.flatMap((pair) => [pair.a.id, pair.b.id]));
  const leftOut = [...a, ...b]
    .filter(({ id }) => !paired.has(id))
    .map(({ id, seed }) => sentence('left-out.no-partner', { run: id, seed }));
  return { a, b, names: namesOf(a, b), pairs: [first, ...rest], leftOut };
}

/**
 * The runs that differ from this one in their seed alone, went as their settings say and were measured,
 * the newest of each seed.
 * @throws FaptError `run-unknown`, `run-ambiguous`
 */
export function seedsOf(db: Database, idOrPrefix: string): string[] {
  const run = getRun(db, idOrPrefix);
  const group = listRuns(db, { group: run.group }, { limit: EVERY_SEED });
  const exact = group.filter(({ natural, deviation }) => natural !== null && deviation === null);
  return newestOfSeeds([run, ...exact]).map(({ id }) => id);
}

function sideOf(db: Database, ids: readonly string[]): RunRow[] {
  const runs = [...new Map(ids.map((id) => getRun(db, id)).map((run) => [run.id, run])).values()];
  const [first, ...others] = runs;
  const foreign = others.find(({ group }) => group !== first?.group);
  if (first && foreign) {
    throw new FaptError(
      'side-mixed',
      `Runs ${first.id} and ${foreign.id} differ in more than their seed, so they are no one side: choose runs of one configuration.`,
    );
  }
  const seeds = Map.groupBy(runs, ({ seed }) => seed);
  const twice = [...seeds.values()].find((same) => same.length > 1);
  if (twice) {
    throw new FaptError(
      'side-mixed',
      `Runs ${twice.map(({ id }) => id).join(' and ')} have one seed: choose one of them.`,
    );
  }
  return runs.toSorted((one, other) => one.seed - other.seed);
}

/** By seed; a side of one run stands against every run of the other. */
function pairsOf(a: readonly RunRow[], b: readonly RunRow[]): RunsOfPair[] {
  const [onlyA] = a;
  const [onlyB] = b;
  if (a.length === 1 && onlyA) return b.map((run) => ({ seed: run.seed, a: onlyA, b: run }));
  if (b.length === 1 && onlyB) return a.map((run) => ({ seed: run.seed, a: run, b: onlyB }));
  return a.flatMap((run) => {
    const partner = b.find(({ seed }) => seed === run.seed);
    return partner ? [{ seed: run.seed, a: run, b: partner }] : [];
  });
}

/** The methods' titles, told apart where both are of one method. */
function namesOf(a: readonly RunRow[], b: readonly RunRow[]): { a: string; b: string } {
  const [left, right] = [a[0] as RunRow, b[0] as RunRow];
  const titles = { a: METHODS[left.method].title, b: METHODS[right.method].title };
  if (titles.a !== titles.b) return titles;
  const bySeed = a.length === 1 && b.length === 1 && left.seed !== right.seed;
  const mark = (run: RunRow) => (bySeed ? `seed ${run.seed}` : run.id);
  return { a: `${titles.a} ${mark(left)}`, b: `${titles.b} ${mark(right)}` };
}

/** What a window shows of a side. */
export function describeSide(title: string, runs: readonly RunRow[]): ComparedSide {
  const { method, dataset, model, shots } = runs[0] as RunRow;
  const members = runs.map(({ id, seed, status }) => ({ id, seed, status }));
  return { title, method, dataset, model, shots, runs: members };
}

/** The classes that a run's outcomes count among. */
export function classNamesOf(db: Database, run: RunRow): string[] {
  const dataset = getDataset(db, run.datasetId);
  return taskOf(dataset, chooseClasses(db, dataset, run.config.classes)).classNames;
}
