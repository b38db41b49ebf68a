import { type HierarchicalBootstrap, hierarchicalBootstrap } from './bootstrap.ts';
import { smallestDetectable } from './detectable.ts';
import type { McNemar } from './mcnemar.ts';
import { bonettPriceOfMeans } from './paired-difference.ts';
import { type Pair, type PairedResult, pairedResult } from './paired-result.ts';
import { mean, summarizeSeeds } from './seeds.ts';
import { signTest } from './sign-test.ts';
import { type Interval, wilsonInterval } from './wilson.ts';

/** Two runs of one seed and the images that both were measured on, in one order for all pairs. */
export type RunPair = { seed: number; a: string; b: string; images: readonly Pair[] };

export type SideNumbers = {
  /** Mean over the pairs. */
  accuracy: number;
  /** 95 %, Wilson, where the side is one run; null otherwise. */
  ci: Interval | null;
  /** Null where the side is one run. */
  overSeeds: ReturnType<typeof summarizeSeeds> | null;
};

/** One run of a pair, with Wilson's 95 % interval. */
export type PairedRun = { run: string; accuracy: number; ci: Interval };

export type PairedGroups = {
  n: number;
  a: SideNumbers;
  b: SideNumbers;
  /** Mean over pairs and images of b - a. */
  delta: number;
  /** Over images, for these very seeds: Bonett-Price's. */
  ci: Interval;
  /** Images that one side has right for more seeds than the other: McNemar's where there is one. */
  mcnemar: McNemar;
  /** The pairs' differences; null for one pair. */
  overSeeds: ReturnType<typeof summarizeSeeds> | null;
  /** Images by who is right, summed over the pairs. */
  table: { both: number; onlyA: number; onlyB: number; neither: number };
  bootstrap: HierarchicalBootstrap & { clustered: boolean };
  detectable: number | null;
  pairs: {
    seed: number;
    a: PairedRun;
    b: PairedRun;
    delta: number;
    ci: Interval;
    mcnemar: McNemar;
  }[];
};

/**
 * All numbers of two groups of runs that differ in their seed alone. Images of several seeds are the
 * same images, so no test treats them as independent: the interval resamples seeds and images.
 * @param clusters of each image by id; null where images are independent
 */
export function* pairedGroups(
  runs: readonly RunPair[],
  clusters: ReadonlyMap<string, string> | null,
): Generator<undefined, PairedGroups> {
  const results = runs.map(({ images }) => pairedResult(images));
  const [first] = results as [PairedResult, ...PairedResult[]];
  const deltas = results.map(({ delta }) => delta);
  const discordance = mean(results.map(({ mcnemar: { aOnly, bOnly }, n }) => (aOnly + bOnly) / n));
  const images = runs[0]?.images ?? [];
  const perImage = differencesOf(runs);
  const bootstrap = yield* hierarchicalBootstrap(
    runs.map((run) => run.images.map(difference)),
    images.map(({ id }) => clusters?.get(id) ?? `image:${id}`),
  );
  return {
    n: first.n,
    a: sideOf(runs, results, 'a'),
    b: sideOf(runs, results, 'b'),
    delta: mean(deltas),
    ci: bonettPriceOfMeans(perImage),
    mcnemar: signTest(perImage, null),
    overSeeds: runs.length > 1 ? summarizeSeeds(deltas) : null,
    table: tableOf(runs.flatMap((run) => run.images)),
    bootstrap: { ...bootstrap, clustered: clusters !== null },
    detectable: smallestDetectable({ n: first.n, discordance }),
    pairs: results.map(({ delta, ci, mcnemar, a, b, n }, index) => {
      const run = runs[index] as RunPair;
      const sides = { a: measured(run.a, a, n), b: measured(run.b, b, n) };
      return { seed: run.seed, ...sides, delta, ci, mcnemar };
    }),
  };
}

/** A run that stands against several counts once. */
function sideOf(
  runs: readonly RunPair[],
  results: readonly PairedResult[],
  side: 'a' | 'b',
): SideNumbers {
  const byRun = new Map(runs.map((run, index) => [run[side], results[index]?.[side] ?? 0]));
  const accuracies = [...byRun.values()];
  const accuracy = mean(accuracies);
  if (accuracies.length > 1) return { accuracy, ci: null, overSeeds: summarizeSeeds(accuracies) };
  const { ci } = measured('', accuracy, results[0]?.n ?? 0);
  return { accuracy, ci, overSeeds: null };
}

function measured(run: string, accuracy: number, n: number): PairedRun {
  return { run, accuracy, ci: wilsonInterval(Math.round(accuracy * n), n) };
}

/** Each image's mean over the pairs of b - a. */
function differencesOf(runs: readonly RunPair[]): number[] {
  const images = runs[0]?.images ?? [];
  return images.map((_, index) => mean(runs.map((run) => difference(run.images[index]))));
}

function difference(pair: Pair | undefined): number {
  return Number(pair?.b) - Number(pair?.a);
}

function tableOf(images: readonly Pair[]): PairedGroups['table'] {
  return {
    both: count(images, ({ a, b }) => a && b),
    onlyA: count(images, ({ a, b }) => a && !b),
    onlyB: count(images, ({ a, b }) => b && !a),
    neither: count(images, ({ a, b }) => !a && !b),
  };
}

function count<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.filter(test).length;
}
