import type { DemoComparison, DemoMethodSummary, DemoReport } from '../../shared/api-demo.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { DEMO_MODEL } from '../models/bundled.ts';
import { summarizeSeeds } from '../statistics/seeds.ts';
import { verdictSentences } from '../statistics/verdict.ts';
import type { Database } from '../store/database.ts';
import { printedComparison } from './compare/compare-runs.ts';
import { compareSides } from './compare/compare-sides.ts';
import { DEMO_METHODS, type DemoMethod, type DemoRun } from './demo-runs.ts';
import { runReport } from './run-reports.ts';

/** Pairs that are compared image by image: the question first. */
const PAIRS: [DemoMethod, DemoMethod][] = [
  ['fap', 'cba-fapt'],
  ['zero-shot', 'cba-fapt'],
  ['zero-shot', 'fap'],
];

export type DemoNumbers = Pick<
  DemoReport,
  'dataset' | 'model' | 'seeds' | 'shots' | 'attack' | 'naturalN' | 'n' | 'methods' | 'comparisons'
>;

/** The demo's table and its paired comparisons, from what is stored. */
export async function summarizeDemo(db: Database, made: DemoRun[]): Promise<DemoNumbers> {
  const methods = DEMO_METHODS.map((method) => summarizeMethod(db, method, made));
  const [first] = methods[0]?.runs ?? [];
  if (!first?.attack || first.naturalN === null || first.n === null) {
    throw new FaptError('demo-unfinished', 'The demo has no finished evaluation: run it again.');
  }
  const seeds = [...new Set(made.map(({ seed }) => seed))];
  return {
    dataset: first.dataset,
    model: DEMO_MODEL,
    seeds,
    shots: first.shots,
    attack: first.attack,
    naturalN: first.naturalN,
    n: first.n,
    methods,
    comparisons: await Promise.all(
      seeds.flatMap((seed) => PAIRS.map((pair) => comparePair(db, made, seed, pair))),
    ),
  };
}

function summarizeMethod(db: Database, method: DemoMethod, made: DemoRun[]): DemoMethodSummary {
  const runs = made.filter((entry) => entry.method === method).map(({ run }) => runReport(db, run));
  const values = (key: 'naturalAccuracy' | 'robustAccuracy') =>
    summarizeSeeds(runs.map((run) => run[key] ?? Number.NaN));
  return {
    method,
    title: METHODS[method].title,
    runs,
    natural: values('naturalAccuracy'),
    robust: values('robustAccuracy'),
  };
}

async function comparePair(
  db: Database,
  made: DemoRun[],
  seed: number,
  [a, b]: [DemoMethod, DemoMethod],
): Promise<DemoComparison> {
  const runOf = (method: DemoMethod) =>
    made.find((entry) => entry.method === method && entry.seed === seed)?.run.id ?? '';
  const sides = await compareSides(db, { a: [runOf(a)], b: [runOf(b)], attack: null });
  return {
    seed,
    aTitle: METHODS[a].title,
    bTitle: METHODS[b].title,
    said: verdictSentences(sides.verdict),
    ...printedComparison(sides),
  };
}
