import { DEMO_MODEL, modelNamed } from '../models/bundled.ts';
import type { DatasetRow } from '../store/datasets.ts';
import type { App } from './app.ts';
import { NATURAL } from './create-run.ts';
import { DEMO_METHODS, demoAttack, demoConfig } from './demo-runs.ts';
import { createStepTimer, stepsAnImage, trainingSteps } from './estimate.ts';

/**
 * About how many seconds the demo takes here: one training step of each tuned method and one attack
 * step are timed on the bundled model and multiplied by how many there are.
 */
export async function estimateDemo(app: App, dataset: DatasetRow, seeds: number): Promise<number> {
  const model = await modelNamed(app, DEMO_MODEL);
  const attack = await demoAttack();
  const classes = dataset.classNames.length;
  const timer = createStepTimer(app, model, [classes]);
  const attacked = Math.min(attack.subset ?? Number.POSITIVE_INFINITY, dataset.counts.test);
  const imageSteps =
    attacked * stepsAnImage(attack, classes) + dataset.counts.test * stepsAnImage(NATURAL, classes);
  let seconds = DEMO_METHODS.length * imageSteps * (await timer.imageStep('fap', classes));
  for (const method of ['fap', 'cba-fapt'] as const) {
    const config = demoConfig(method, dataset.name, 1, attack.epsilon);
    const images = Math.min(config.shots * classes, dataset.counts.train);
    seconds += trainingSteps(config, images) * (await timer.trainingStep(config, classes));
  }
  return seeds * seconds;
}
