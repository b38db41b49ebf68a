import { MersenneTwister } from '../../shared/mersenne-twister.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

export type ClusterBootstrap = {
  /** Null where all is one cluster, which says nothing about the spread. */
  ci: Interval | null;
  clusters: number;
  resamples: number;
  seed: number;
};

export type BootstrapOptions = { resamples?: number; seed?: number; level?: number };

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
  const { resamples = 10_000, seed = 1, level = CONFIDENCE } = options;
  if (values.length !== clusters.length) {
    throw new RangeError(`${values.length} values and ${clusters.length} clusters`);
  }
  const { sums, sizes } = totals(values, clusters);
  const count = sums.length;
  if (count < 2) return { ci: null, clusters: count, resamples, seed };
  const stream = new MersenneTwister(seed);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    let sum = 0;
    let size = 0;
    for (let i = 0; i < count; i += 1) {
      const drawn = stream.randbelow(count);
      sum += sums[drawn] as number;
      size += sizes[drawn] as number;
    }
    means[r] = sum / size;
  }
  means.sort();
  const tail = (1 - level) / 2;
  return {
    ci: [quantile(means, tail), quantile(means, 1 - tail)],
    clusters: count,
    resamples,
    seed,
  };
}

/** Sum and size of each cluster, in the order of first appearance. */
function totals(
  values: readonly number[],
  clusters: readonly string[],
): { sums: number[]; sizes: number[] } {
  const indices = new Map<string, number>();
  const sums: number[] = [];
  const sizes: number[] = [];
  for (const [i, cluster] of clusters.entries()) {
    const index = indices.get(cluster) ?? indices.size;
    indices.set(cluster, index);
    sums[index] = (sums[index] ?? 0) + (values[i] as number);
    sizes[index] = (sizes[index] ?? 0) + 1;
  }
  return { sums, sizes };
}

/** Linear between the two nearest of the sorted values. */
function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}
