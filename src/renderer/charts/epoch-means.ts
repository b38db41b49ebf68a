import type { Metric } from './series.ts';

/**
 * One point an epoch: the mean of a metric over its steps, at the epoch's last step. A step without a
 * number leaves its epoch without one.
 */
export function epochMeans(metrics: readonly Metric[]): Metric[] {
  const epochs = Map.groupBy(metrics, ({ name, epoch }) => `${epoch} ${name}`);
  return [...epochs.values()].map((steps) => {
    const last = steps.reduce((a, b) => (b.step > a.step ? b : a));
    return { ...last, value: steps.reduce((sum, { value }) => sum + value, 0) / steps.length };
  });
}
