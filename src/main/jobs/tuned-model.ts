import type { TunedModel } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { App } from '../api/app.ts';
import { taskOf } from '../datasets/examples.ts';
import { latestCheckpoint } from '../store/checkpoints.ts';
import { getDataset } from '../store/datasets.ts';
import { getModel } from '../store/models.ts';
import type { RunRow } from '../store/runs.ts';
import { workspacePath } from '../workspace/paths.ts';

/**
 * What the engine needs to use a run's result.
 * @throws FaptError `run-unfinished` where a tuned method has not finished training
 */
export function tunedModelOf(app: App, run: RunRow): TunedModel {
  const model = getModel(app.db, run.modelId);
  const task = taskOf(getDataset(app.db, run.datasetId));
  const shared = { config: run.config, model: { path: model.path }, task };
  if (!METHODS[run.method].tuned) return { ...shared, checkpoint: null };
  const checkpoint = latestCheckpoint(app.db, run.id);
  if (run.status !== 'finished' || !checkpoint) {
    throw new FaptError(
      'run-unfinished',
      `Run ${run.id} is ${run.status} and not trained to its end; finish it with \`fapt resume ${run.id}\`.`,
    );
  }
  return { ...shared, checkpoint: workspacePath(app.workspace, checkpoint.path) };
}
