import type { MetricSeries } from '../../shared/api/runs.ts';
import type { Metric } from '../charts/series.ts';

/** Curves as they come over the wire, point by point. */
export function toMetrics(series: readonly MetricSeries[]): Metric[] {
  return series.flatMap(({ name, steps, epochs, values }) =>
    Array.from(steps, (step, index) => ({
      name,
      step,
      epoch: epochs[index] ?? 0,
      value: values[index] ?? Number.NaN,
    })),
  );
}
