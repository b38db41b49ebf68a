import type { MetricSeries } from '../../shared/api/runs.ts';
import type { Database } from '../store/database.ts';
import { getMetrics } from '../store/metrics.ts';

/** The curves of a run after a step, one array a name, as they travel to the window. */
export function metricSeries(
  db: Database,
  runId: string,
  { afterStep, names }: { afterStep: number; names?: string[] | undefined },
): { lastStep: number; series: MetricSeries[] } {
  const points = getMetrics(db, runId, names, { afterStep });
  const byName = Map.groupBy(points, ({ name }) => name);
  const series = [...byName].map(([name, own]) => ({
    name,
    steps: Float64Array.from(own, ({ step }) => step),
    epochs: Float64Array.from(own, ({ epoch }) => epoch),
    values: Float64Array.from(own, ({ value }) => value),
  }));
  const lastStep = points.reduce((last, { step }) => Math.max(last, step), afterStep);
  return { lastStep, series };
}
