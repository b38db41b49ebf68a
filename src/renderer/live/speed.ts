import { lastMedian, type Metric } from '../charts/series.ts';

export type Speed = {
  imagesPerSecond: number;
  secondsLeft: number | null;
};

/** How fast a run trains and when it will be done, from the median of its last steps. */
export function speedOf(
  seconds: readonly Metric[],
  run: { batchSize: number; step: number; totalSteps: number | null },
): Speed | null {
  const each = lastMedian(seconds, 50);
  if (each === null || each <= 0) return null;
  const left = run.totalSteps === null ? null : Math.max(0, run.totalSteps - run.step) * each;
  return { imagesPerSecond: run.batchSize / each, secondsLeft: left };
}
