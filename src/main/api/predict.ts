import type { PredictReport } from '../../shared/api-results.ts';
import { tunedModelOf } from '../jobs/tuned-model.ts';
import { getRun } from '../store/runs.ts';
import type { App } from './app.ts';

/**
 * Class probabilities of images by a finished run.
 * @param paths absolute image files
 */
export async function predictImages(
  app: App,
  runId: string,
  paths: string[],
): Promise<PredictReport> {
  const run = getRun(app.db, runId);
  const tuned = tunedModelOf(app, run);
  const found = await app.engine().predict({ tuned, paths });
  const { classNames } = tuned.task;
  const predictions = found.map(({ path, probabilities }) => {
    const probability = Math.max(...probabilities);
    const label = probabilities.indexOf(probability);
    return { path, class: classNames[label] ?? `class ${label}`, probability, probabilities };
  });
  return { run: run.id, classNames, predictions };
}
