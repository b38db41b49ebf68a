import type { LineChartInput } from '../../../shared/charts/line-option.ts';
import { runStyle } from '../../../shared/charts/run-style.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { ExportTable } from '../../../shared/export-table.ts';
import type { Database } from '../../store/database.ts';
import { getMetrics } from '../../store/metrics.ts';
import { runsNamed, runTitle, settingSentence } from './runs-named.ts';

/** One logged number of several runs by step, for a chart and for a table of every point. */
export type Curves = {
  chart: Omit<LineChartInput, 'isDark'>;
  table: ExportTable;
  note: string;
};

/**
 * @param metric a name that trainings log: `loss`, `terms.adv`, `gradientShares.vaa`, `probe.robust`
 * @throws FaptError `metric-unknown` where none of the runs has logged it, naming what they have
 */
export function curvesOf(
  db: Database,
  ids: readonly string[],
  metric: string,
  logarithmic: boolean,
): Curves {
  const runs = runsNamed(db, ids);
  const all = runs.map((run) => ({ run, metrics: getMetrics(db, run.id) }));
  const series = all.map(({ run, metrics }) => ({
    run,
    points: metrics.filter(({ name }) => name === metric),
  }));
  if (series.every(({ points }) => points.length === 0)) {
    const known = new Set(all.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
    throw new FaptError(
      'metric-unknown',
      `No run here has logged "${metric}"; there is ${[...known].sort().join(', ') || 'nothing'}.`,
    );
  }
  const drawn = series.filter(({ points }) => points.length > 0);
  const note = `${metric} as logged in training, a point a step, unsmoothed. ${settingSentence(db, runs)}`;
  return {
    chart: {
      lines: drawn.map(({ run, points }) => ({
        name: runTitle(run),
        points: points.map(({ step, value }) => [step, value] as const),
        style: runStyle(run.id),
      })),
      xName: 'Step',
      yName: metric,
      logarithmic,
      description: note,
    },
    table: {
      name: `curves-${metric}`,
      caption: `${metric} by step`,
      protocol: note,
      columns: [
        { key: 'run', title: 'run', kind: 'text' },
        { key: 'method', title: 'method', kind: 'text' },
        { key: 'step', title: 'step', kind: 'number', digits: 0 },
        { key: 'epoch', title: 'epoch', kind: 'number', digits: 2 },
        { key: 'value', title: metric, kind: 'number', digits: 4 },
      ],
      rows: drawn.flatMap(({ run, points }) =>
        points.map(({ step, epoch, value }) => ({
          run: run.id,
          method: runTitle(run),
          step,
          epoch,
          value,
        })),
      ),
      hidden: [],
    },
    note,
  };
}
