import { stat } from 'node:fs/promises';
import type { Example } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { Database } from '../store/database.ts';
import type { DatasetRow, SplitName } from '../store/datasets.ts';
import { type ImageRow, imagesByPath } from '../store/images.ts';
import { resolveInside } from '../workspace/paths.ts';
import { concurrently } from './concurrently.ts';

/**
 * Images as the engine wants them, in the order of `ids`, after a look that each file is still
 * there with its size. Throws `examples-unknown`, `files-missing`, `files-changed`.
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
    throw new FaptError(
      'examples-unknown',
      `${unknown.length} images are not in ${split} of ${dataset.name}, first: ${unknown[0]}.`,
    );
  }
  const examples: Example[] = ids.map((id) => ({
    id,
    path: resolveInside(dataset.imageRoot, id),
    label: (images.get(id) as ImageRow).label,
  }));
  const sizes = await concurrently(examples, 16, async ({ path }) => sizeOf(path));
  const missing = examples.filter((_, index) => sizes[index] === null);
  refuse('files-missing', dataset, missing, 'missing', 'put them back');
  const changed = examples.filter(({ id }, index) => sizes[index] !== images.get(id)?.sizeBytes);
  refuse('files-changed', dataset, changed, 'changed since the import', 'restore them');
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
    `${files} of ${dataset.name} ${what}, first: ${first.path}: ${remedy}, or add the dataset again under another name.`,
  );
}
