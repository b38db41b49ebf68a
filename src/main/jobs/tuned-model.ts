import type { TunedModel } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { ClassSet } from '../../shared/run-config.ts';
import type { App } from '../api/app.ts';
import { chooseClasses, taskOf } from '../datasets/class-set.ts';
import { latestCheckpoint } from '../store/checkpoints.ts';
import { getDataset } from '../store/datasets.ts';
import { getModel } from '../store/models.ts';
import type { RunRow } from '../store/runs.ts';
import { workspacePath } from '../workspace/paths.ts';

/** Whose classes a run's prompts are asked about. */
export type ClassTarget = { datasetId: string; classes: ClassSet };

/** The classes that a run was trained on. */
export function ownTarget(run: RunRow): ClassTarget {
  return { datasetId: run.datasetId, classes: run.config.classes };
}

/**
 * What the engine needs to use a run's result, on its own classes or on others: learned tensors move,
 * what depends on class names is made anew (methods 1.3).
 * @throws FaptError `run-unfinished` where a tuned method has not finished training
 */
export function tunedModelOf(app: App, run: RunRow, target = ownTarget(run)): TunedModel {
  const model = getModel(app.db, run.modelId);
  const dataset = getDataset(app.db, target.datasetId);
  const task = taskOf(dataset, chooseClasses(app.db, dataset, target.classes));
  refuseForeignContexts(run, target);
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

/** Contexts of their own for each class belong to those classes. */
function refuseForeignContexts(run: RunRow, target: ClassTarget): void {
  const own = ownTarget(run);
  const moves = target.datasetId !== own.datasetId || target.classes !== own.classes;
  if (!moves || !run.config.prompts.classSpecific || !METHODS[run.method].tuned) return;
  throw new FaptError(
    'classes-fixed',
    `Run ${run.id} learned a context for each class of its own, which cannot move to other classes: train with prompts.classSpecific=false.`,
  );
}
