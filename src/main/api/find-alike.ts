import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../../shared/run-config.ts';
import { datasetNamed, modelNamed } from '../models/bundled.ts';
import { isImported } from '../models/is-imported.ts';
import { listRuns } from '../store/run-list.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import type { App } from './app.ts';

/** The newest run that would come out the same: its settings, weights, split and engine are these. */
export async function findAlike(app: App, config: RunConfig): Promise<RunRow | null> {
  return (await attemptsAt(app, config)).find(({ status }) => status !== 'failed') ?? null;
}

/**
 * The run that `findAlike` finds, then the finished ones that other machines or engines trained with these
 * settings, weights and split; a finished run of this one first, newest first.
 */
export async function findMadeAnywhere(app: App, config: RunConfig): Promise<RunRow[]> {
  const own = await findAlike(app, config);
  const others = (await runsOf(app, config)).filter(
    ({ id, status, environment }) =>
      id !== own?.id && status === 'finished' && !isImported(environment),
  );
  if (own === null) return others;
  return own.status === 'finished' ? [own, ...others] : [...others, own];
}

/** Every run of these settings, weights, split and engine, failed ones too; newest first. */
export async function attemptsAt(app: App, config: RunConfig): Promise<RunRow[]> {
  const environment = await app.environment();
  const runs = await runsOf(app, config);
  return runs.filter((run) => isDeepStrictEqual(run.environment, environment));
}

/** Every run of these settings, weights and split, whatever trained it; newest first. */
async function runsOf(app: App, config: RunConfig): Promise<RunRow[]> {
  const dataset = await datasetNamed(app, config.dataset);
  const model = await modelNamed(app, config.model);
  const { method, seed, shots } = config;
  const candidates = listRuns(
    app.db,
    { methods: [method], seeds: [seed], shots: [shots], datasets: [dataset.id] },
    { limit: 1000 },
  );
  return candidates.flatMap(({ id }) => {
    const run = getRun(app.db, id);
    // One that was stopped early and kept is finished, but would not come out the same.
    const isWhole = run.status !== 'finished' || run.step === (run.totalSteps ?? run.step);
    const isAlike =
      isWhole &&
      run.deviation === null &&
      run.modelHash === model.sha256 &&
      run.splitHash === dataset.splitHash &&
      isDeepStrictEqual(run.config, config);
    return isAlike ? [run] : [];
  });
}
