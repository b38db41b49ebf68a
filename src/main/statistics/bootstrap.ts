import { MersenneTwister } from '../../shared/mersenne-twister.ts';
import { CONFIDENCE, type Interval } from './wilson.ts';

export type HierarchicalBootstrap = {
  /** Null where all images are one cluster, which tells of no other. */
  ci: Interval | null;
  resamples: number;
  seed: number;
  seeds: number;
  clusters: number;
};

export type BootstrapOptions = { resamples?: number; seed?: number; level?: number };

/** Resamples between two breaths of whoever drives it. */
const BREATH = 250;

/**
 * Percentile interval of the mean of `values[seed][image]` where both the seeds and the images are a
 * sample: each resample draws as many seeds as there are and, crossed with them, as many clusters of
 * images as there are, all with replacement (the pigeonhole bootstrap of Owen 2007). With one seed it
 * is the bootstrap of the images; where every image is a cluster of its own, the plain one.
 * @param values one row a seed, equally long
 * @param clusters names the cluster of each image
 */
export function* hierarchicalBootstrap(
  values: readonly (readonly number[])[],
  clusters: readonly string[],
  options: BootstrapOptions = {},
): Generator<undefined, HierarchicalBootstrap> {
  const { resamples = 10_000, seed = 1, level = CONFIDENCE } = options;
  const seeds = values.length;
  if (seeds === 0 || values.some((row) => row.length !== clusters.length)) {
    throw new RangeError(`values of ${seeds} seeds do not fit ${clusters.length} clusters`);
  }
  const { sums, sizes } = totals(values, clusters);
  const count = sizes.length;
  const known = { resamples, seed, seeds, clusters: count };
  if (count < 2) return { ci: null, ...known };
  const stream = new MersenneTwister(seed);
  const combined = new Map<string, Float64Array>();
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    const cell = sumsOfSeeds(drawSeeds(stream, seeds), sums, combined);
    let sum = 0;
    let size = 0;
    for (let i = 0; i < count; i += 1) {
      const drawn = stream.randbelow(count);
      sum += cell[drawn] as number;
      size += sizes[drawn] as number;
    }
    means[r] = sum / (size * seeds);
    if (r % BREATH === BREATH - 1) yield;
  }
  means.sort();
  const tail = (1 - level) / 2;
  return { ci: [quantileOfSorted(means, tail), quantileOfSorted(means, 1 - tail)], ...known };
}

/** How often each seed is drawn. A single one is not drawn: its stream is that of the images. */
function drawSeeds(stream: MersenneTwister, seeds: number): Uint16Array {
  const times = new Uint16Array(seeds);
  if (seeds === 1) times[0] = 1;
  else for (let s = 0; s < seeds; s += 1) add(times, stream.randbelow(seeds), 1);
  return times;
}

/** A few seeds can be drawn in a few ways, so each way's sums by cluster are kept. */
function sumsOfSeeds(
  times: Uint16Array,
  sums: readonly Float64Array[],
  combined: Map<string, Float64Array>,
): Float64Array {
  const key = times.join();
  const found = combined.get(key);
  if (found) return found;
  const made = new Float64Array(sums[0]?.length ?? 0);
  for (const [s, row] of sums.entries()) {
    for (let c = 0; c < made.length; c += 1)
      add(made, c, (times[s] as number) * (row[c] as number));
  }
  combined.set(key, made);
  return made;
}

/** Sums of each seed by cluster and sizes of the clusters, in the order of first appearance. */
function totals(values: readonly (readonly number[])[], clusters: readonly string[]) {
  const indices = new Map<string, number>();
  for (const cluster of clusters) if (!indices.has(cluster)) indices.set(cluster, indices.size);
  const at = clusters.map((cluster) => indices.get(cluster) as number);
  const sizes = new Float64Array(indices.size);
  for (const index of at) add(sizes, index, 1);
  const sums = values.map((row) => {
    const ofSeed = new Float64Array(indices.size);
    for (const [image, value] of row.entries()) add(ofSeed, at[image] as number, value);
    return ofSeed;
  });
  return { sums, sizes };
}

function add(array: Float64Array | Uint16Array, at: number, value: number): void {
  array[at] = (array[at] as number) + value;
}

/** Linear between the two nearest of the sorted values. */
function quantileOfSorted(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** Drives a computation to its end at once. */
export function atOnce<Result>(work: Generator<undefined, Result>): Result {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** Drives it so that others are heard in between. */
export async function withBreaths<Result>(work: Generator<undefined, Result>): Promise<Result> {
  let step = work.next();
  while (!step.done) {
    await new Promise(setImmediate);
    step = work.next();
  }
  return step.value;
}
