import { lastMedian, type Metric } from '../charts/series.ts';

/** How fast a run trains, by the median of its last steps; null before the first one. */
export function imagesPerSecond(seconds: readonly Metric[], batchSize: number): number | null {
  const each = lastMedian(seconds, 50);
  return each === null || each <= 0 ? null : batchSize / each;
}
