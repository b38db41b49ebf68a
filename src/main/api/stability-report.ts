import { STABILITY_NUMBERS, type StabilityReport } from '../../shared/api-results.ts';
import type { StabilityRow } from '../../shared/engine-contract.ts';
import { USUAL_BOOTSTRAP } from '../statistics/bootstrap.ts';
import { clusterBootstrap } from '../statistics/cluster-bootstrap.ts';
import { mean } from '../statistics/seeds.ts';
import { clustersOf } from '../store/images.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import type { App } from './app.ts';
import {
  knownStability,
  type MeasuredStability,
  measureStability,
  type StabilityOptions,
} from './measure-stability.ts';

type Numbers = StabilityReport['numbers'];

/** Measures a run's maps over its attacked images and sums each number up with an interval. */
export async function stabilityReport(
  app: App,
  runId: string,
  options: StabilityOptions,
): Promise<StabilityReport> {
  const run = getRun(app.db, runId);
  return reportOf(app, run, await measureStability(app, run, options));
}

/** The same of what was measured so far, in test order; null where nothing was. */
export function measuredStability(app: App, run: RunRow): StabilityReport | null {
  const measured = knownStability(app, run);
  return measured && measured.rows.length > 0 ? reportOf(app, run, measured) : null;
}

function reportOf(app: App, run: RunRow, { evaluation, rows }: MeasuredStability): StabilityReport {
  const ids = rows.map(({ id }) => id);
  const clusters = clustersOf(app.db, evaluation.datasetId, 'test', ids);
  // An image that belongs to no cluster is one of its own.
  const clusterOf = (id: string) => clusters?.get(id) ?? id;
  const numbers = Object.fromEntries(
    STABILITY_NUMBERS.map((name) => [name, summed(rows, name, clusterOf)]),
  ) as Numbers;
  return {
    run: run.id,
    method: run.method,
    dataset: run.dataset,
    model: run.model,
    attack: evaluation.attack,
    n: rows.length,
    bootstrap: { ...USUAL_BOOTSTRAP, clusters: new Set(ids.map(clusterOf)).size },
    numbers,
    examples: rows,
  };
}

function summed(
  rows: StabilityRow[],
  name: (typeof STABILITY_NUMBERS)[number],
  clusterOf: (id: string) => string,
): Numbers[typeof name] {
  const measured = rows.filter((row) => row[name] !== null);
  if (measured.length === 0) return null;
  const values = measured.map((row) => row[name] as number);
  const { ci } = clusterBootstrap(
    values,
    measured.map(({ id }) => clusterOf(id)),
  );
  return { mean: mean(values), ci, n: values.length };
}
