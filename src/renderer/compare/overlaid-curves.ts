import type { LineChartInput, LinePoint } from '../../shared/charts/line-option.ts';
import type { RunStyle } from '../../shared/charts/run-style.ts';
import { byName, type Metric, toPoints } from '../charts/series.ts';

/** One run of a side: its name in the legend, its look, and what its training told. */
type CurveRun = { name: string; style: RunStyle; metrics: readonly Metric[] };

export type OverlaidChart = {
  /** The metric's name, as it is stored. */
  metric: string;
  input: Pick<LineChartInput, 'lines'>;
};

/** Metrics of a training that two methods can be laid over in, in their order on the page. */
const ORDER = ['loss', 'probe.robust', 'probe.natural', 'learningRate', 'gradientNorm'];

/**
 * One chart a metric that any of the runs has, with a line for each run that has it: the whole loss
 * and the probe first, then each loss term, raw, then the rest.
 */
export function overlaidCurves(runs: readonly CurveRun[]): OverlaidChart[] {
  const series = runs.map((run) => ({ run, byName: byName(run.metrics) }));
  const terms = new Set(series.flatMap(({ byName: found }) => [...found.keys()].filter(isTerm)));
  const [loss = '', robust = '', natural = '', ...rest] = ORDER;
  return [loss, robust, natural, ...[...terms].sort(), ...rest].flatMap((metric) => {
    const lines = series.flatMap(({ run, byName: found }) => {
      const points: LinePoint[] = toPoints(found.get(metric) ?? []);
      return points.length > 0 ? [{ name: run.name, points, style: run.style }] : [];
    });
    return lines.length > 0 ? [{ metric, input: { lines } }] : [];
  });
}

function isTerm(name: string): boolean {
  return name.startsWith('terms.');
}
