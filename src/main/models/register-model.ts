import { basename, extname } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import type { App } from '../api/app.ts';
import { addModel, findModel, type ModelRow } from '../store/models.ts';
import { fingerprint } from './weight-files.ts';

export type NewModelOptions = { path: string; name?: string; bundled?: boolean };

/** The name a model gets from its path: the folder's name, or the file's without its ending. */
export function modelNameOf(path: string): string {
  const name = basename(path);
  return extname(name) === '.safetensors' ? name.slice(0, -'.safetensors'.length) : name;
}

/**
 * Reads a model's shapes with the engine and keeps it in the workspace by path and hash; the files
 * stay where they are. Nothing is stored where the files are missing, cut or no CLIP.
 * @throws FaptError `weights-missing`, `weights-damaged`, `model-exists` and the engine's own
 */
export async function registerModel(app: App, options: NewModelOptions): Promise<ModelRow> {
  const name = options.name ?? modelNameOf(options.path);
  if (findModel(app.db, name)) {
    throw new FaptError(
      'model-exists',
      `A model named "${name}" is already there: choose another name with --name.`,
    );
  }
  const { sha256, sizeBytes } = await fingerprint(options.path);
  const report = await app.engine().inspectModel({ path: options.path });
  return addModel(app.db, {
    name,
    path: options.path,
    layout: report.layout,
    sha256,
    sizeBytes,
    report,
    bundled: options.bundled,
  });
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
