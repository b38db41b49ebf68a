import type { ClusterBootstrap } from './cluster-bootstrap.ts';
import { clusterBootstrap } from './cluster-bootstrap.ts';
import { smallestDetectable } from './detectable.ts';
import { type McNemar, mcnemarExact } from './mcnemar.ts';
import { bonettPrice } from './paired-difference.ts';
import type { Interval } from './wilson.ts';

/** Whether each side was right about one image. */
export type Pair = { id: string; a: boolean; b: boolean };

export type PairedResult = {
  n: number;
  /** Accuracies, and b - a. */
  a: number;
  b: number;
  delta: number;
  /** Of the difference, 95 %, Bonett-Price. */
  ci: Interval;
  mcnemar: McNemar;
  /** Smallest true difference this test set would show; null where it can show none. */
  detectable: number | null;
  /** Of the difference, where images come in clusters. */
  bootstrap: ClusterBootstrap | null;
};

export type PairedOptions = {
  /** Cluster of each id; null where images are independent. */
  clusters?: ReadonlyMap<string, string> | null;
  seed?: number;
  resamples?: number;
};

/** All numbers of a paired comparison. `pairs` must hold at least one. */
export function pairedResult(pairs: readonly Pair[], options: PairedOptions = {}): PairedResult {
  const n = pairs.length;
  const count = (test: (pair: Pair) => boolean): number => pairs.filter(test).length;
  const aRight = count(({ a }) => a);
  const bRight = count(({ b }) => b);
  const aOnly = count(({ a, b }) => a && !b);
  const bOnly = count(({ a, b }) => b && !a);
  return {
    n,
    a: aRight / n,
    b: bRight / n,
    delta: (bOnly - aOnly) / n,
    ci: bonettPrice({ aOnly, bOnly, n }),
    mcnemar: mcnemarExact(aOnly, bOnly),
    detectable: smallestDetectable({ n, discordance: (aOnly + bOnly) / n }),
    bootstrap: options.clusters ? bootstrap(pairs, options.clusters, options) : null,
  };
}

function bootstrap(
  pairs: readonly Pair[],
  clusters: ReadonlyMap<string, string>,
  { seed = 1, resamples = 10_000 }: PairedOptions,
): ClusterBootstrap | null {
  const differences = pairs.map(({ a, b }) => Number(b) - Number(a));
  // An image without a cluster is one of its own.
  const names = pairs.map(({ id }) => clusters.get(id) ?? `image:${id}`);
  return clusterBootstrap(differences, names, { seed, resamples });
}
