import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import type { ModelOrigin } from '../../shared/model-weights.ts';
import type { App } from '../api/app.ts';
import { addModel, findModel, listModels, type ModelRow, moveModel } from '../store/models.ts';
import { folderName, modelsFolder } from './model-folder.ts';
import { fingerprint, torchFiles, weightFiles } from './weight-files.ts';

export type NewModelOptions = {
  path: string;
  name?: string | undefined;
  bundled?: boolean;
  /** The files at `path` are an image tower, tuned by itself, for this model. */
  base?: ModelRow | undefined;
  /** Where files that were fetched came from. */
  origin?: ModelOrigin;
  /** A folder of the workspace that holds `path` and may be written to. */
  owned?: string;
};

const WEIGHT_ENDING = /\.(safetensors|pt|pth|bin)$|\.pth\.tar$/;

/** The name a model gets from its path: the folder's name, or the file's without its ending. */
export function modelNameOf(path: string): string {
  return basename(path).replace(WEIGHT_ENDING, '') || basename(path);
}

/**
 * A model that came with a run's bundle, without weights, gives its name to them.
 * @throws FaptError `model-exists`
 */
export function refuseTakenName(app: App, name: string): void {
  const known = findModel(app.db, name);
  if (!known || isLost(known)) return;
  throw new FaptError(
    'model-exists',
    `A model named "${name}" is already there: choose another name (--name on the command line).`,
  );
}

/**
 * Tries a model in the engine and keeps it in the workspace by path and hash. Safetensors files stay
 * where they are; PyTorch's, and an image tower with its base, are written anew into the workspace.
 * Nothing is stored where the files are missing, cut or no CLIP. Files that are a known model's, whose
 * own are gone, become its own.
 * @throws FaptError `weights-*`, `pickle-refused`, `model-exists`, `self-test-failed`, `stopped` and the
 * engine's own
 */
export async function registerModel(app: App, options: NewModelOptions): Promise<ModelRow> {
  const name = options.name ?? modelNameOf(options.path);
  refuseTakenName(app, name);
  const made = await writtenAnew(app, name, options);
  const path = made?.path ?? options.path;
  try {
    const { sha256, sizeBytes } = await fingerprint(path);
    const lost = listModels(app.db).find((model) => model.sha256 === sha256 && isLost(model));
    if (lost) return moveModel(app.db, lost.id, path);
    const report = await app.engine().inspectModel({ path });
    refuseStopped(app);
    const origin = made?.origin ?? options.origin;
    const row = addModel(app.db, {
      name,
      path,
      layout: report.layout,
      sha256,
      sizeBytes,
      report: origin ? { ...report, origin } : report,
      bundled: options.bundled,
    });
    // A fetched file has served its purpose; a person's own stays theirs.
    if (options.owned) for (const file of made?.sources ?? []) await rm(file, { force: true });
    return row;
  } catch (error) {
    if (made && made.path !== options.owned) await rm(made.path, { recursive: true, force: true });
    throw error;
  }
}

/** @throws FaptError `stopped` */
function refuseStopped({ signal }: App): void {
  if (!signal.aborted) return;
  throw new FaptError('stopped', 'Stopped: no model was added.');
}

/** Its weights are not where they were. */
function isLost({ path, layout }: ModelRow): boolean {
  return layout !== 'random' && !existsSync(path);
}

type WrittenAnew = {
  path: string;
  origin: ModelOrigin /** The files it was made of. */;
  sources: string[];
};

/** The model that is written into the workspace first; null where the files can be used as they are. */
async function writtenAnew(
  app: App,
  name: string,
  options: NewModelOptions,
): Promise<WrittenAnew | null> {
  const { path, base, owned } = options;
  const torch = await torchFiles(path);
  if (!base && torch.length === 0) return null;
  if (base) await verifyModel(base);
  const { sha256 } = await fingerprint(path);
  const content = `${base?.sha256 ?? ''} ${sha256}`;
  const target = !base && owned ? owned : join(modelsFolder(app), folderName(name, content));
  await app.engine().convertWeights({
    source: base?.path ?? path,
    imageTower: base ? path : null,
    target,
  });
  const origin: ModelOrigin = {
    source: options.origin?.source ?? path,
    sha256: options.origin?.sha256 ?? sha256,
    role: base ? 'image-tower' : 'clip',
    base: base ? { name: base.name, sha256: base.sha256 } : null,
    revision: options.origin?.revision ?? null,
  };
  return { path: target, origin, sources: base ? await weightFiles(path) : torch };
}

/**
 * Makes sure that a model's files are still those that were registered.
 * @throws FaptError `weights-missing`, `weights-changed`
 */
export async function verifyModel(model: ModelRow): Promise<void> {
  const now = await fingerprint(model.path);
  if (now.sha256 === model.sha256) return;
  throw new FaptError(
    'weights-changed',
    `The weights of model "${model.name}" changed since it was added (${model.path}): ` +
      'restore the file, or add it under another name.',
  );
}
