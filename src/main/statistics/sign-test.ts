import { type McNemar, mcnemarExact } from './mcnemar.ts';

/**
 * The exact sign test of paired differences: how many units lean to either side. Of one pair of runs
 * and by image it is McNemar's test; with several seeds each image counts once, by its sum, and
 * where images come in clusters each cluster does, since only units are independent.
 * @param differences b - a of each image, over the seeds; whole numbers where clusters are given
 * @param clusters of each image; null where every image is a unit
 */
export function signTest(
  differences: readonly number[],
  clusters: readonly string[] | null,
): McNemar {
  const sums = clusters === null ? differences : sumsByCluster(differences, clusters);
  return mcnemarExact(sums.filter((sum) => sum < 0).length, sums.filter((sum) => sum > 0).length);
}

function sumsByCluster(differences: readonly number[], clusters: readonly string[]): number[] {
  const sums = new Map<string, number>();
  for (const [index, cluster] of clusters.entries()) {
    sums.set(cluster, (sums.get(cluster) ?? 0) + (differences[index] as number));
  }
  return [...sums.values()];
}
