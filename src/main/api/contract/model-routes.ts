import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Model } from '../../../shared/api/models.ts';
import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import { DEMO_MODEL, modelNamed } from '../../models/bundled.ts';
import { downloadModel } from '../../models/download-model.ts';
import { importPrompts } from '../../models/import-prompts.ts';
import { modelsFolder } from '../../models/model-folder.ts';
import { describeOrigin } from '../../models/model-role.ts';
import { modelNameOf, refuseTakenName, registerModel } from '../../models/register-model.ts';
import type { Database } from '../../store/database.ts';
import { getModel, listModels, type ModelRow } from '../../store/models.ts';
import { countModelUses, deleteModel } from '../../store/removals.ts';
import { isInside } from '../../workspace/paths.ts';
import type { AppHost } from '../app-host.ts';
import { api } from './implementer.ts';
import { streamWork } from './stream-work.ts';

export function modelRoutes(host: AppHost) {
  const { app, changes } = host;
  const { db } = app;
  const added = (row: ModelRow) => {
    changes.touch('models');
    return modelDocument(db, row);
  };
  const baseModel = async (base: string | undefined) =>
    base === undefined ? undefined : modelNamed(app, base);
  return {
    list: api.models.list.handler(() => {
      const models = listModels(db).map((row) => modelDocument(db, row));
      const isThere = models.some(({ name }) => name === DEMO_MODEL);
      return { models, bundled: isThere ? [] : [DEMO_MODEL] };
    }),
    get: api.models.get.handler(async ({ input }) =>
      modelDocument(db, await modelNamed(app, input.model)),
    ),
    inspect: api.models.inspect.handler(({ input: { path } }) => {
      refuseMissing(path);
      return app.engine().inspectWeights(path);
    }),
    add: api.models.add.handler(async ({ input: { path, name, base }, signal }) => {
      refuseMissing(path);
      refuseTakenName(app, name ?? modelNameOf(path));
      const whole = await baseModel(base);
      return streamWork(
        async (report, stop) => {
          report({ stage: say('stage.try-weights'), done: 0, total: 0 });
          return added(await registerModel({ ...app, signal: stop }, { path, name, base: whole }));
        },
        [signal, app.signal],
      );
    }),
    download: api.models.download.handler(async ({ input, signal }) => {
      if (input.name !== undefined) refuseTakenName(app, input.name);
      const wanted = { ...input, base: await baseModel(input.base) };
      return streamWork(
        async (report, stop) =>
          added(await downloadModel({ ...app, report, signal: stop }, wanted)),
        [signal, app.signal],
      );
    }),
    importPrompts: api.models.importPrompts.handler(({ input, signal }) => {
      refuseMissing(input.path);
      return streamWork(
        async (report) => {
          report({ stage: say('stage.read-prompts'), done: 0, total: 0 });
          const { id } = await importPrompts(app, input);
          changes.touch('runs');
          return { run: id };
        },
        [signal, app.signal],
      );
    }),
    remove: api.models.remove.handler(({ input }) => removeModel(host, input.model)),
    tokens: api.models.tokens.handler(async ({ input }) => {
      const { path } = await modelNamed(app, input.model);
      return app.engine().tokenizeText({ path }, input.text);
    }),
  };
}

function refuseMissing(path: string): void {
  if (existsSync(path)) return;
  throw new FaptError('weights-missing', `There is nothing at ${path}: check the path.`);
}

function modelDocument(db: Database, row: ModelRow): Model {
  return { ...row, origin: describeOrigin(row), runs: countModelUses(db, row.id) };
}

async function removeModel({ app, changes }: AppHost, name: string): Promise<void> {
  const model = getModel(app.db, name);
  const uses = countModelUses(app.db, model.id);
  if (uses > 0) {
    throw new FaptError(
      'model-used',
      `Model "${model.name}" cannot be removed: ${uses} runs and evaluations are about it; delete them first, and empty the bin.`,
    );
  }
  deleteModel(app.db, model.id);
  await removeOwnFiles(modelsFolder(app), model.path);
  changes.touch('models');
}

/** What this program fetched or wrote; files of the person's own stay. */
async function removeOwnFiles(folder: string, path: string): Promise<void> {
  if (!isInside(folder, path)) return;
  const [own] = relative(folder, path).split(sep);
  if (own) await rm(join(folder, own), { recursive: true, force: true });
}
