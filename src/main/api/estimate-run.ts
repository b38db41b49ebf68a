import type { Estimate } from '../../shared/api/runs.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { datasetWarnings } from '../datasets/dataset-warnings.ts';
import { fewShot } from '../datasets/few-shot.ts';
import { testSubset } from '../datasets/subset.ts';
import { datasetNamed, modelNamed } from '../models/bundled.ts';
import { imagesByPath } from '../store/images.ts';
import type { App } from './app.ts';
import { createStepTimer, stepsAnImage, trainingSteps } from './estimate.ts';

/**
 * How long a run would take here and how much memory, from one timed training step and one timed
 * attack step. Nothing is stored.
 */
export async function estimateRun(
  app: App,
  config: RunConfig,
  evaluations: EvaluationAttack[],
): Promise<Estimate> {
  const dataset = await datasetNamed(app, config.dataset);
  const model = await modelNamed(app, config.model);
  const chosen = chooseClasses(app.db, dataset, config.classes);
  const classes = chosen.labels.length;
  const { tuned } = METHODS[config.method];
  const drawn = fewShot(app.db, dataset, config.shots, config.seed);
  const rows = [...imagesByPath(app.db, dataset.id, 'train', drawn.images).values()];
  const images = tuned ? ofClasses(rows, chosen).length : 0;
  const steps = tuned && images > 0 ? trainingSteps(config, images) : 0;
  const timer = createStepTimer(app, model, [classes]);
  const secondsPerStep = steps > 0 ? await timer.trainingStep(config, classes) : 0;
  const imageStep = evaluations.length > 0 ? await timer.imageStep(config.method, classes) : 0;
  const attackSteps = evaluations.map(
    (attack) =>
      testSubset(app.db, dataset, chosen, attack.subset).length * stepsAnImage(attack, classes),
  );
  const evaluationSeconds = imageStep * attackSteps.reduce((sum, count) => sum + count, 0);
  const trainingSeconds = secondsPerStep * steps;
  const { maxRssBytes } = await app.engine().memory();
  return {
    images,
    steps,
    secondsPerStep,
    trainingSeconds,
    evaluationSeconds,
    seconds: trainingSeconds + evaluationSeconds,
    peakRssBytes: maxRssBytes,
    warnings: [...datasetWarnings(dataset), ...(tuned ? drawn.warnings : [])],
  };
}
