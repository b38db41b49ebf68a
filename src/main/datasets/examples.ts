import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Example } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow, SplitName } from '../store/datasets.ts';
import { type ImageRow, imagesByPath } from '../store/images.ts';
import { resolveInside } from '../workspace/paths.ts';
import { concurrently } from './concurrently.ts';

/** Where an image's file lies, for reading it; `resolveExamples` looks that it is inside the root. */
export function fileOf(
  { imageRoot }: Pick<DatasetRow, 'imageRoot'>,
  { path, file }: Pick<ImageRow, 'path' | 'file'>,
): string {
  return join(imageRoot, file ?? path);
}

/**
 * Images as the engine wants them, in the order of `ids`, after a look that each file is still
 * there with its size. Throws `examples-unknown`, `files-unusable`, `files-missing`, `files-changed`.
 */
export async function resolveExamples(
  db: Database,
  dataset: DatasetRow,
  split: SplitName,
  ids: readonly string[],
): Promise<Example[]> {
  const images = imagesByPath(db, dataset.id, split, ids);
  const unknown = ids.filter((id) => !images.has(id));
  if (unknown.length > 0) {
    const what =
      unknown.length === 1
        ? `The image ${unknown[0]} is not in ${split} of ${dataset.name}`
        : `${unknown.length} images are not in ${split} of ${dataset.name}, first: ${unknown[0]}`;
    throw new FaptError('examples-unknown', `${what}: choose images of that list.`);
  }
  const rows = ids.map((id) => images.get(id) as ImageRow);
  const examples: Example[] = rows.map(({ path, file, label }) => ({
    id: path,
    path: resolveInside(dataset.imageRoot, file ?? path),
    label,
  }));
  const broken = examples.filter((_, index) => rows[index]?.trouble != null);
  const leaveOut = `leave them out by the remedy for damaged images (on the command line "fapt dataset fix ${dataset.name} --remedy leave-out-broken")`;
  refuse('files-unusable', dataset, broken, 'cannot be used', leaveOut);
  const sizes = await concurrently(examples, 16, async ({ path }) => sizeOf(path));
  const missing = examples.filter((_, index) => sizes[index] === null);
  const locate = `put them back, or locate the folder that they are in now (on the command line "fapt dataset locate ${dataset.name} FOLDER")`;
  refuse('files-missing', dataset, missing, 'missing', locate);
  // The size of a picture that was listed and not read yet is not known.
  const changed = examples.filter((_, index) => {
    const known = rows[index]?.sizeBytes ?? null;
    return known !== null && sizes[index] !== known;
  });
  const restore = 'restore them, or add the dataset again under another name';
  refuse('files-changed', dataset, changed, 'changed since the import', restore);
  return examples;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    // Gone or not readable: the same to the one who needs it.
    return null;
  }
}

function refuse(
  code: string,
  dataset: DatasetRow,
  examples: readonly Example[],
  what: string,
  remedy: string,
): void {
  const [first] = examples;
  if (first === undefined) return;
  const files = examples.length === 1 ? '1 file' : `${examples.length} files`;
  throw new FaptError(
    code,
    `${files} of ${dataset.name} ${what}, first: ${first.path}: ${remedy}.`,
  );
}
