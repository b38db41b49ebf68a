import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from '../store/database.ts';
import { recordChange } from '../store/dataset-changes.ts';
import { type DatasetRow, getDataset, updateDataset } from '../store/datasets.ts';
import { type ImageFile, nextFiles, setFile } from '../store/images.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import { concurrently } from './concurrently.ts';
import { nothingFound, walkPictures } from './readers/walk-pictures.ts';
import { SPLITS } from './split.ts';

const LOOKED_AT_ONCE = 1000;
const IN_FLIGHT = 8;

export type LocateOptions = {
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/** Where an image was found: under its own path (null), or elsewhere below the folder. */
type Place = { path: string; file: string | null };

/**
 * Tells a dataset where its pictures are now. Each must be there with the content it had, under its own
 * path or, renamed or moved within the folder, under another; paths and so all samples and outcomes stay
 * as they are. Nothing changes where a picture is missing. Throws `images-missing`, `files-missing`.
 */
export async function locateDataset(
  db: Database,
  dataset: DatasetRow,
  folder: string,
  options: LocateOptions = {},
): Promise<DatasetRow> {
  const root = resolve(folder);
  const is = await stat(root).catch(() => null);
  if (!is?.isDirectory()) {
    throw new FaptError('images-missing', `There is no folder ${root}: check the path.`);
  }
  const { places, lost } = await lookUnderPaths(db, dataset, root, options);
  places.push(...(await findByContent(root, lost, dataset, options)));
  const moved = places.filter(({ file }) => file !== null);
  return db
    .transaction(() => {
      for (const { path, file } of places) setFile(db, dataset.id, path, file);
      updateDataset(db, dataset, { imageRoot: root });
      recordChange(db, dataset.id, {
        kind: 'locate',
        message: say('change.located', { folder: root, n: moved.length }),
        detail: { before: dataset.imageRoot, after: root, moved: moved.slice(0, 1000) },
        hashBefore: dataset.splitHash,
        hashAfter: dataset.splitHash,
      });
      return getDataset(db, dataset.id);
    })
    .immediate();
}

async function lookUnderPaths(
  db: Database,
  dataset: DatasetRow,
  root: string,
  { onProgress, signal }: LocateOptions,
): Promise<{ places: Place[]; lost: ImageFile[] }> {
  const places: Place[] = [];
  const lost = new Map<string, ImageFile>();
  const { train, val, test } = dataset.counts;
  let done = 0;
  for (const split of SPLITS) {
    for (let last = ''; ; ) {
      signal?.throwIfAborted();
      const batch = nextFiles(db, dataset.id, split, last, LOOKED_AT_ONCE);
      if (batch.length === 0) break;
      const found = await concurrently(batch, IN_FLIGHT, async (image) => placeOf(root, image));
      for (const [index, image] of batch.entries()) {
        const place = found[index];
        if (place) places.push(place);
        else lost.set(image.path, image);
      }
      last = batch.at(-1)?.path ?? last;
      done += batch.length;
      onProgress?.(done, train + val + test);
      await nextTurn();
    }
  }
  return { places, lost: [...lost.values()] };
}

/** Under its own path, or under the one where it was before, if the content is the same. */
async function placeOf(root: string, image: ImageFile): Promise<Place | null> {
  const { path, file } = image;
  if (await holds(join(root, path), image)) return { path, file: null };
  if (file !== null && (await holds(join(root, file), image))) return { path, file };
  return null;
}

async function holds(path: string, { sizeBytes, sha256 }: ImageFile): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return false;
  // Of a picture that was never read nothing but its name is known.
  if (sha256 === null) return true;
  return found.size === sizeBytes && (await sha256OfFile(path)) === sha256;
}

/** Pictures that are not under their paths, looked for below the whole folder by size and hash. */
async function findByContent(
  root: string,
  lost: readonly ImageFile[],
  dataset: DatasetRow,
  { signal }: LocateOptions,
): Promise<Place[]> {
  if (lost.length === 0) return [];
  const sizes = new Set(lost.map(({ sizeBytes }) => sizeBytes));
  const found = nothingFound();
  await walkPictures(root, '', found, signal);
  const byHash = new Map<string, string>();
  await concurrently(found.pictures, IN_FLIGHT, async (file) => {
    signal?.throwIfAborted();
    const { size } = await stat(join(root, file));
    if (sizes.has(size)) byHash.set(await sha256OfFile(join(root, file)), file);
  });
  const places = lost.map(({ path, sha256 }) => ({ path, file: byHash.get(sha256 ?? '') }));
  const missing = places.filter(({ file }) => file === undefined);
  if (missing.length === 0) return places as Place[];
  throw new FaptError(
    'files-missing',
    `${missing.length} pictures of dataset "${dataset.name}" are not in ${root}, neither under their names nor by their content, first: ${missing[0]?.path}: choose the folder that has all of them.`,
  );
}
