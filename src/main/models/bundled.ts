import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FaptError } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { addDataset } from '../datasets/add-dataset.ts';
import type { Database } from '../store/database.ts';
import { type DatasetRow, findDataset, getDataset } from '../store/datasets.ts';
import { findModel, getModel, type ModelRow } from '../store/models.ts';
import { resourcesFolder } from '../workspace/resources.ts';
import { registerModel } from './register-model.ts';

/** The CLIP that comes with the application. */
export const DEMO_MODEL = 'demo-clip';

/** Code of the error of a reader that would have to register something bundled. */
export const NEEDS_WRITE = 'needs-write';

const modelFolder = () => join(resourcesFolder(), 'demo', 'model');
const datasetsFolder = () => join(resourcesFolder(), 'demo', 'datasets');

/** Names of the datasets that come with the application. */
export async function bundledDatasets(): Promise<string[]> {
  const entries = await readdir(datasetsFolder(), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('demo-'))
    .map((entry) => entry.name)
    .sort();
}

/**
 * A model of the workspace by name or id; a bundled one is registered when first asked for.
 * @throws FaptError `model-unknown`
 */
export async function modelNamed(app: App, name: string): Promise<ModelRow> {
  const found = findModel(app.db, name);
  if (found || name !== DEMO_MODEL || !existsSync(modelFolder())) {
    return found ?? getModel(app.db, name);
  }
  refuseReader(app, name);
  return once(app, `model ${name}`, () =>
    registerModel(app, { path: modelFolder(), name, bundled: true }),
  );
}

/**
 * A dataset of the workspace by name or id; a bundled one is added when first asked for.
 * @throws FaptError `dataset-unknown`
 */
export async function datasetNamed(app: App, name: string): Promise<DatasetRow> {
  const found = findDataset(app.db, name);
  if (found) return found;
  if (!(await bundledDatasets()).includes(name)) return getDataset(app.db, name);
  refuseReader(app, name);
  return once(app, `dataset ${name}`, async () => {
    const meanwhile = findDataset(app.db, name);
    if (meanwhile) return meanwhile;
    const path = join(datasetsFolder(), name);
    const { dataset } = await addDataset(app.db, { path, name, demo: true });
    return dataset ?? getDataset(app.db, name);
  });
}

/** What is being added to a workspace now: whoever names it meanwhile waits for the same. */
const adding = new WeakMap<Database, Map<string, Promise<unknown>>>();

async function once<T>({ db }: App, key: string, add: () => Promise<T>): Promise<T> {
  const pending = adding.get(db) ?? new Map<string, Promise<unknown>>();
  adding.set(db, pending);
  const known = pending.get(key) as Promise<T> | undefined;
  if (known) return known;
  const added = add().finally(() => pending.delete(key));
  pending.set(key, added);
  return added;
}

function refuseReader(app: App, name: string): void {
  if (app.workspace.writable) return;
  throw new FaptError(NEEDS_WRITE, `"${name}" is not in this workspace yet.`);
}

const cardSchema = z.looseObject({ epsilon: z.number().positive().max(1) });
export type DemoCard = z.infer<typeof cardSchema>;

/**
 * The measured numbers of the bundled model; `epsilon` (pixel units) is the demo's.
 * @throws FaptError `demo-incomplete`
 */
export async function readDemoCard(): Promise<DemoCard> {
  const file = join(modelFolder(), 'card.json');
  return readResource(file, cardSchema, 'demo-incomplete', "The demo's card");
}

/** A JSON document that comes with the application. @throws FaptError `code`, naming `what` it is */
export async function readResource<T>(
  file: string,
  schema: z.ZodType<T>,
  code: string,
  what: string,
): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const message = `${what} ${file} is missing or damaged: reinstall the application.`;
    throw new FaptError(code, message, { cause });
  }
}
