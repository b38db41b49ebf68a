import { statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { defaultConfig, METHODS } from '../../shared/method-catalogue.ts';
import type { ClassSet, MethodName, RunConfig } from '../../shared/run-config.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { chooseClasses, taskOf } from '../datasets/class-set.ts';
import { recordCheckpoint } from '../store/checkpoints.ts';
import { newId } from '../store/ids.ts';
import { createRun, getRun, type RunRow, setRunStatus } from '../store/runs.ts';
import { addTag } from '../store/tags.ts';
import { recordWarning } from '../store/warnings.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import { relativeToWorkspace } from '../workspace/paths.ts';
import { datasetNamed, modelNamed } from './bundled.ts';
import { modelWarnings } from './model-role.ts';
import { verifyModel } from './register-model.ts';

export type ImportPromptsOptions = {
  path: string;
  method: MethodName;
  dataset: string;
  model: string;
  /** As they were trained, by the word of who imports them. */
  shots: number;
  seed: number;
  classes: ClassSet;
};

/** The tag of runs whose prompts were trained elsewhere. */
export const IMPORTED = 'imported';

/**
 * Makes a finished run of prompts that an official repository trained: with the checkpoint's sizes, the
 * file's hash, and a note that says that nothing of its training is known here. It can be evaluated,
 * attacked and explained as any other.
 * @throws FaptError `prompts-foreign`, `checkpoint-mismatch`, `pickle-refused`, `weights-*`, and those of
 * unknown names
 */
export async function importPrompts(app: App, options: ImportPromptsOptions): Promise<RunRow> {
  const { path, method, classes } = options;
  if (!METHODS[method].tuned) {
    throw new FaptError(
      'usage',
      `${method} learns no prompts: give the method they were trained with.`,
    );
  }
  const dataset = await datasetNamed(app, options.dataset);
  const model = await modelNamed(app, options.model);
  await verifyModel(model);
  const sha256 = await sha256OfFile(path).catch((cause: unknown) => {
    throw new FaptError(
      'weights-missing',
      `There is no readable file at ${path}: check the path.`,
      {
        cause,
      },
    );
  });
  const { shots, seed } = options;
  const start: RunConfig = {
    ...defaultConfig({ method, dataset: dataset.name, model: model.name, shots, seed }),
    classes,
  };
  const scratch = join(app.workspace.folder, 'runs', `import-${newId()}`);
  try {
    const imported = await app.engine().importPrompts({
      config: start,
      model: { path: model.path },
      imageSize: model.report.imageSize,
      task: taskOf(dataset, chooseClasses(app.db, dataset, classes)),
      source: path,
      target: join(scratch, CHECKPOINT),
    });
    const environment = { ...(await app.environment()), imported: { source: path, sha256 } };
    const run = createRun(app.db, {
      config: imported.config,
      datasetId: dataset.id,
      modelId: model.id,
      environment,
      modelHash: model.sha256,
      splitHash: dataset.splitHash,
    });
    await keepCheckpoint(app, run, join(scratch, CHECKPOINT));
    app.db.transaction(() => finish(app, run, { path, sha256, model }))();
    return getRun(app.db, run.id);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const CHECKPOINT = 'checkpoint.safetensors';

async function keepCheckpoint(app: App, run: RunRow, file: string): Promise<void> {
  const folder = app.workspace.runFolder(run.id);
  await mkdir(folder, { recursive: true });
  await rename(file, join(folder, CHECKPOINT));
}

type Imported = { path: string; sha256: string; model: Parameters<typeof modelWarnings>[0] };

function finish(app: App, run: RunRow, { path, sha256, model }: Imported): void {
  const file = join(app.workspace.runFolder(run.id), CHECKPOINT);
  recordCheckpoint(app.db, {
    runId: run.id,
    step: 0,
    epoch: run.config.epochs,
    path: relativeToWorkspace(app.workspace, file),
    sizeBytes: statSync(file).size,
  });
  const from = { file: basename(path), hash: sha256.slice(0, 12) };
  const message = say('warning.imported', from);
  recordWarning(app.db, { runId: run.id }, { code: IMPORTED, message });
  for (const warning of modelWarnings(model)) recordWarning(app.db, { runId: run.id }, warning);
  addTag(app.db, run.id, IMPORTED);
  setRunStatus(app.db, run.id, 'running');
  setRunStatus(app.db, run.id, 'finished', { reason: say('status.imported', from) });
}
