import { join } from 'node:path';
import { say } from '../../shared/sentence.ts';
import { readPictureApart } from '../pictures/decode-apart.ts';
import type { DatasetProblem, SplitName } from '../store/datasets.ts';
import type { NewImage } from '../store/images.ts';
import { concurrently } from './concurrently.ts';
import { type FoundPicture, pictureFinder } from './find-picture.ts';
import { problem } from './problems.ts';
import type { Picture, RefusedPicture } from './read-picture.ts';
import { pathsOf, SPLITS, type Split } from './split.ts';

export type CheckedEntries = {
  /** In split order; made one by one, since a large dataset has a million of them. */
  images(): Iterable<NewImage>;
  problems: DatasetProblem[];
  /** Paths left out, each once. */
  skipped: string[];
};

export type CheckOptions = {
  clusters: Map<string, string> | null;
  /** The paths were read from the folders: no need to look them up. */
  walked: boolean;
  /** Whether files are opened now, or only looked up. */
  read: boolean;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/** sharp decodes in its own threads; more in flight only holds more pictures in memory. */
export const IN_FLIGHT = 4;
/** Paths looked up between two moments in which a stop is heard. */
const LOOKED_UP_AT_ONCE = 10_000;

/** What is known of a picture: all, or (not read yet) nothing but that it is there. */
type Known = Omit<Picture, 'notes'> | typeof UNREAD;
const UNREAD = {
  sizeBytes: null,
  sha256: null,
  contentType: null,
  width: null,
  height: null,
  perceptualHash: null,
} as const;

/** Files whose names on disk are not the split's, by path. */
type Files = Map<string, string>;
type Looked = { leftOut: Map<string, DatasetProblem>; files: Files };

/** Looks every picture of a split up, and reads it once, whatever the number of lists it is in. */
export async function checkEntries(
  split: Split,
  root: string,
  options: CheckOptions,
): Promise<CheckedEntries> {
  const leftOut = new Map<string, DatasetProblem>();
  const files: Files = new Map();
  // A listing from the folders themselves has nothing to be looked up, and a million paths.
  if (!options.walked || options.read) {
    const present = await lookUp(split, root, options, { leftOut, files });
    if (options.read) return readEntries(split, root, present, options, { leftOut, files });
  }
  const facts = (path: string) => (leftOut.has(path) ? null : UNREAD);
  return {
    images: () => rows(split, facts, files, options.clusters),
    problems: [...leftOut.values()],
    skipped: [...leftOut.keys()],
  };
}

async function readEntries(
  split: Split,
  root: string,
  present: readonly string[],
  options: CheckOptions,
  { leftOut, files }: Looked,
): Promise<CheckedEntries> {
  const known = new Map<string, Known>();
  const notes: DatasetProblem[] = [];
  const total = present.length + leftOut.size;
  let done = leftOut.size;
  const pictures = await concurrently(present, IN_FLIGHT, async (path) => {
    options.signal?.throwIfAborted();
    const picture = await readPictureApart(join(root, files.get(path) ?? path));
    done += 1;
    options.onProgress?.(done, total);
    return picture;
  });
  for (const [index, path] of present.entries()) {
    const picture = pictures[index] as Picture | RefusedPicture;
    if ('refused' in picture) {
      const message = say(`problem.${picture.refused}`, { path, reason: picture.reason });
      leftOut.set(path, problem(picture.refused, path, message));
      continue;
    }
    const { notes: told, ...facts } = picture;
    known.set(path, facts);
    for (const { kind, type, frames } of told) {
      notes.push(problem(kind, path, say(`problem.${kind}`, { path, type, n: frames })));
    }
  }
  const skipped = pathsOf(split).filter((path) => leftOut.has(path));
  return {
    images: () => rows(split, (path) => known.get(path) ?? null, files, options.clusters),
    problems: [...skipped.map((path) => leftOut.get(path) as DatasetProblem), ...notes],
    skipped,
  };
}

/** The paths that are there under exactly their names; none is kept where nothing will be read. */
async function lookUp(
  split: Split,
  root: string,
  options: CheckOptions,
  { leftOut, files }: Looked,
): Promise<readonly string[]> {
  if (options.walked) return pathsOf(split);
  const find = pictureFinder(root);
  const total = SPLITS.reduce((sum, name) => sum + split.lists[name].length, 0);
  const present: string[] = [];
  let looked = 0;
  for (const path of options.read ? pathsOf(split) : listedPaths(split)) {
    looked += 1;
    if (looked % LOOKED_UP_AT_ONCE === 0) {
      options.signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
      if (!options.read) options.onProgress?.(looked, total);
    }
    const place = find(path);
    if (place.found === 'yes') {
      if (options.read) present.push(path);
      if (place.as !== path) files.set(path, place.as);
    } else leftOut.set(path, notThere(path, place));
  }
  return present;
}

function* listedPaths({ lists }: Split): Generator<string> {
  for (const name of SPLITS) for (const { path } of lists[name]) yield path;
}

function notThere(path: string, place: FoundPicture): DatasetProblem {
  if (place.found === 'outside') {
    return problem('outside-root', path, say('problem.outside-root', { path }));
  }
  if (place.found === 'no') return problem('missing', path, say('problem.missing', { path }));
  const message = say('problem.case-mismatch', { path, spelled: place.as });
  return problem('case-mismatch', path, message);
}

function* rows(
  split: Split,
  known: (path: string) => Known | null,
  files: Files,
  clusters: Map<string, string> | null,
): Generator<NewImage> {
  for (const name of SPLITS as readonly SplitName[]) {
    let position = 0;
    for (const { path, label } of split.lists[name]) {
      const facts = known(path);
      if (facts === null) continue;
      const file = files.get(path) ?? null;
      const cluster = clusters?.get(path) ?? null;
      yield { split: name, position, path, label, ...facts, cluster, file };
      position += 1;
    }
  }
}
