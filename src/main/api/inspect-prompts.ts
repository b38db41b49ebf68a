import type { RunPrompts } from '../../shared/api/prompts.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import { tunedModelOf } from '../jobs/tuned-model.ts';
import { isImported } from '../models/is-imported.ts';
import { getModel } from '../store/models.ts';
import { getRun } from '../store/runs.ts';
import type { App } from './app.ts';

/**
 * What a finished run's prompts have become.
 * @throws FaptError `nothing-learned`, `run-unfinished`, `context-unknown`
 */
export async function inspectRunPrompts(
  app: App,
  runId: string,
  { nearest, context }: { nearest: number; context: number },
): Promise<RunPrompts> {
  const run = getRun(app.db, runId);
  if (!METHODS[run.method].tuned) {
    throw new FaptError(
      'nothing-learned',
      `${METHODS[run.method].title} learns no prompt, so run ${run.id} has none to look into: choose a run of a tuned method.`,
    );
  }
  const tuned = tunedModelOf(app, run);
  const report = await app.engine().inspectPrompts({ tuned, nearest, context });
  return {
    ...report,
    run: run.id,
    model: getModel(app.db, run.modelId).name,
    classNames: tuned.task.classNames,
    startKnown: !isImported(run.environment),
  };
}
