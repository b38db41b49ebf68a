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

/** Where nothing else is asked for. */
export const USUAL_BOOTSTRAP = { resamples: 10_000, seed: 1 };

/** Draws between two breaths of whoever drives it: some milliseconds. */
const DRAWS_A_BREATH = 1_000_000;

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
  const { resamples, seed, level = CONFIDENCE } = { ...USUAL_BOOTSTRAP, ...options };
  const seeds = values.length;
  if (seeds === 0 || values.some((row) => row.length !== clusters.length)) {
    throw new RangeError(`values of ${seeds} seeds do not fit ${clusters.length} clusters`);
  }
  const { kinds, sums, sizes } = kindsOf(values, clusters);
  const count = kinds.length;
  const known = { resamples, seed, seeds, clusters: count };
  if (count < 2) return { ci: null, ...known };
  const stream = new MersenneTwister(seed);
  const means = new Float64Array(resamples);
  const drawn = new Uint32Array(count);
  const breath = Math.ceil(DRAWS_A_BREATH / count);
  for (let r = 0; r < resamples; r += 1) {
    const total = sumOfSeeds(drawSeeds(stream, seeds), sums);
    stream.fillBelow(count, drawn);
    let sum = 0;
    let size = 0;
    for (let i = 0; i < count; i += 1) {
      const kind = kinds[drawn[i] as number] as number;
      sum += total[kind] as number;
      size += sizes[kind] as number;
    }
    means[r] = sum / (size * seeds);
    if (r % breath === breath - 1) yield;
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

/** Over the seeds that were drawn, for each kind of cluster. */
function sumOfSeeds(times: Uint16Array, sums: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(sums[0]?.length ?? 0);
  for (const [s, row] of sums.entries()) {
    const weight = times[s] as number;
    for (let kind = 0; kind < total.length; kind += 1) {
      add(total, kind, weight * (row[kind] as number));
    }
  }
  return total;
}

/**
 * Clusters that are alike in size and in each seed's sum are of one kind: of a test set's images there
 * are a few kinds, which stay in the processor's cache.
 */
function kindsOf(values: readonly (readonly number[])[], clusters: readonly string[]) {
  const members = new Map<string, number[]>();
  for (const [image, cluster] of clusters.entries()) {
    const found = members.get(cluster);
    if (found) found.push(image);
    else members.set(cluster, [image]);
  }
  const known = new Map<string, { kind: number; size: number; sums: number[] }>();
  const kinds = Array.from(members.values(), (images) => {
    const sums = values.map((row) => images.reduce((sum, i) => sum + (row[i] as number), 0));
    const key = `${images.length} ${sums.join()}`;
    const kind = known.get(key)?.kind ?? known.size;
    known.set(key, { kind, size: images.length, sums });
    return kind;
  });
  const all = [...known.values()];
  return {
    /** Of each cluster, in the order of first appearance. */
    kinds: Uint32Array.from(kinds),
    sums: values.map((_, s) => Float64Array.from(all, ({ sums }) => sums[s] as number)),
    sizes: Float64Array.from(all, ({ size }) => size),
  };
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
