import type { LinePoint } from '../../shared/charts/line-option.ts';

export type Metric = { name: string; step: number; epoch: number; value: number };

/** Points by metric name, in the order they came. */
export function byName(metrics: readonly Metric[]): Map<string, Metric[]> {
  return Map.groupBy(metrics, ({ name }) => name);
}

/** Value over step. */
export function toPoints(metrics: readonly Metric[]): LinePoint[] {
  return metrics.map(({ step, value }) => [step, value]);
}

/** The names that start with a prefix, without it: `adv` of `terms.adv`. */
export function withPrefix(series: ReadonlyMap<string, Metric[]>, prefix: string) {
  return new Map(
    [...series]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, points]) => [name.slice(prefix.length), points]),
  );
}

/**
 * New points after those there are. A step that is sent again, after a resume, replaces what was
 * there from that step on.
 */
export function mergeMetrics(kept: readonly Metric[], fresh: readonly Metric[]): Metric[] {
  if (fresh.length === 0) return [...kept];
  const first = Math.min(...fresh.map(({ step }) => step));
  const names = new Set(fresh.map(({ name }) => name));
  return [...kept.filter(({ name, step }) => step < first || !names.has(name)), ...fresh];
}

/** The mean of the last `width` values. */
export function lastMean(points: readonly Metric[], width: number): number | null {
  const last = points.slice(-width);
  if (last.length === 0) return null;
  return last.reduce((sum, { value }) => sum + value, 0) / last.length;
}

/** The median of the last `width` values: one slow step does not move it. */
export function lastMedian(points: readonly Metric[], width: number): number | null {
  const last = points.slice(-width).map(({ value }) => value);
  last.sort((a, b) => a - b);
  return last[Math.floor(last.length / 2)] ?? null;
}
