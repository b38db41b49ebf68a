import { atOnce, type BootstrapOptions, hierarchicalBootstrap } from './bootstrap.ts';
import type { Interval } from './wilson.ts';

export type ClusterBootstrap = {
  /** Null where all is one cluster, which says nothing about the spread. */
  ci: Interval | null;
  clusters: number;
  resamples: number;
  seed: number;
};

/**
 * Percentile interval of the mean of `values` where they come in clusters and are not independent:
 * whole clusters are drawn, with replacement, as many as there are. `clusters[i]` names the
 * cluster of `values[i]`.
 */
export function clusterBootstrap(
  values: readonly number[],
  clusters: readonly string[],
  options: BootstrapOptions = {},
): ClusterBootstrap {
  const { seeds: _, ...result } = atOnce(hierarchicalBootstrap([values], clusters, options));
  return result;
}
