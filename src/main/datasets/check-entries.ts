import type { DatasetProblem, SplitName } from '../store/datasets.ts';
import type { ImageRow } from '../store/images.ts';
import { concurrently } from './concurrently.ts';
import { pictureFinder } from './find-picture.ts';
import { problem } from './problems.ts';
import { type Picture, readPicture } from './read-picture.ts';
import { SPLITS, type Split } from './read-split.ts';

export type CheckedEntries = {
  images: ImageRow[];
  problems: DatasetProblem[];
  /** Paths left out, each once. */
  skipped: string[];
};

export type CheckOptions = {
  clusters: Map<string, string> | null;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/** sharp decodes in its own threads; more in flight only holds more pictures in memory. */
const IN_FLIGHT = 4;

/** Looks every picture of a split up and reads it once, whatever the number of lists it is in. */
export async function checkEntries(
  split: Split,
  root: string,
  options: CheckOptions,
): Promise<CheckedEntries> {
  const paths = [...new Set(SPLITS.flatMap((name) => split.lists[name].map(({ path }) => path)))];
  const find = pictureFinder(root);
  let done = 0;
  const checked = await concurrently(paths, IN_FLIGHT, async (path) => {
    options.signal?.throwIfAborted();
    const result = await checkPicture(path, find);
    done += 1;
    options.onProgress?.(done, paths.length);
    return result;
  });
  const pictures = new Map<string, Picture>();
  const problems: DatasetProblem[] = [];
  const skipped: string[] = [];
  for (const [index, path] of paths.entries()) {
    const result = checked[index] as Picture | DatasetProblem;
    if ('sha256' in result) pictures.set(path, result);
    else {
      problems.push(result);
      skipped.push(path);
    }
  }
  const images = SPLITS.flatMap((name) => rows(name, split, pictures, options.clusters));
  return { images, problems, skipped };
}

async function checkPicture(
  path: string,
  find: ReturnType<typeof pictureFinder>,
): Promise<Picture | DatasetProblem> {
  const place = find(path);
  if (place.found === 'outside') {
    return problem('outside-root', path, `"${path}" leads outside the image folder`);
  }
  if (place.found === 'no') return problem('missing', path, `"${path}" does not exist`);
  if (place.found === 'spelled') {
    const message = `"${path}" is spelled "${place.as}" on disk`;
    return problem('case-mismatch', path, message);
  }
  const picture = await readPicture(place.path);
  if (typeof picture !== 'string') return picture;
  return problem('unreadable', path, `"${path}" cannot be read as a picture: ${picture}`);
}

function rows(
  name: SplitName,
  split: Split,
  pictures: Map<string, Picture>,
  clusters: Map<string, string> | null,
): ImageRow[] {
  const readable = split.lists[name].filter(({ path }) => pictures.has(path));
  return readable.map(({ path, label }, position) => ({
    split: name,
    position,
    path,
    label,
    ...(pictures.get(path) as Picture),
    cluster: clusters?.get(path) ?? null,
  }));
}
