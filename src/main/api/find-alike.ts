import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../../shared/run-config.ts';
import { datasetNamed, modelNamed } from '../models/bundled.ts';
import { listRuns } from '../store/run-list.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import type { App } from './app.ts';

/** The newest run that would come out the same: its settings, weights, split and engine are these. */
export async function findAlike(app: App, config: RunConfig): Promise<RunRow | null> {
  const dataset = await datasetNamed(app, config.dataset);
  const model = await modelNamed(app, config.model);
  const environment = await app.environment();
  const { method, seed, shots } = config;
  const candidates = listRuns(
    app.db,
    { methods: [method], seeds: [seed], shots: [shots], datasets: [dataset.id] },
    { limit: 1000 },
  );
  for (const { id } of candidates) {
    const run = getRun(app.db, id);
    // One that was stopped early and kept is finished, but would not come out the same.
    const isWhole = run.status !== 'finished' || run.step === (run.totalSteps ?? run.step);
    const isAlike =
      isWhole &&
      run.status !== 'failed' &&
      run.deviation === null &&
      run.modelHash === model.sha256 &&
      run.splitHash === dataset.splitHash &&
      isDeepStrictEqual(run.config, config) &&
      isDeepStrictEqual(run.environment, environment);
    if (isAlike) return run;
  }
  return null;
}
