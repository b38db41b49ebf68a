import { DEMO_MODEL, modelNamed } from '../models/bundled.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { getModel } from '../store/models.ts';
import type { App } from './app.ts';
import { DEMO_METHODS, demoAttack, demoConfig } from './demo-runs.ts';

/** Images at once while one attack step is timed; more are not faster a piece on WebAssembly. */
const TIMED_IMAGES = 8;

/**
 * About how many seconds the demo takes here: one training step of each tuned method and one attack
 * step are timed on the bundled model and multiplied by how many there are.
 */
export async function estimateDemo(app: App, dataset: DatasetRow, seeds: number): Promise<number> {
  await modelNamed(app, DEMO_MODEL);
  const model = { path: getModel(app.db, DEMO_MODEL).path };
  const attack = await demoAttack();
  const classes = dataset.classNames.length;
  const attacked = Math.min(attack.subset ?? Number.POSITIVE_INFINITY, dataset.counts.test);
  const timed = { model, classes, iterations: 1, profile: false };
  const step = await app
    .engine()
    .bench({ ...timed, kind: 'eval', method: 'fap', batch: TIMED_IMAGES });
  // Clean predictions cost about one step an image.
  const imageSteps = attacked * attack.steps + dataset.counts.test;
  let seconds = DEMO_METHODS.length * imageSteps * (step.secondsPerImageStep ?? 0);
  for (const method of ['fap', 'cba-fapt'] as const) {
    const config = demoConfig(method, dataset.name, 1, attack.epsilon);
    const batch = config.batchSize;
    const { secondsPerIteration = 0 } = await app
      .engine()
      .bench({ ...timed, kind: 'train', method, batch });
    const images = Math.min(config.shots * classes, dataset.counts.train);
    seconds += secondsPerIteration * Math.floor(images / batch) * config.epochs;
  }
  return seeds * seconds;
}
