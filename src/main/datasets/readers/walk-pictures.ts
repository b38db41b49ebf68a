import { closeSync, type Dirent, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SNIFF_BYTES, sniffPicture, typeOfEnding } from '../../../engine/images/sniff-picture.ts';
import { type SentenceCode, say } from '../../../shared/sentence.ts';
import type { DatasetProblem } from '../../store/datasets.ts';
import { isInside } from '../../workspace/paths.ts';
import { type ProblemKind, problem } from '../problems.ts';

/** Files that systems and notebooks leave everywhere. */
const JUNK = new Set([
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '__macosx',
  '$recycle.bin',
  '@eadir',
]);

/** Whether a name is no person's data: hidden, or left by a system. */
export function isJunk(name: string): boolean {
  return name.startsWith('.') || JUNK.has(name.toLowerCase());
}

export type Found = {
  /** Relative to the root, with `/`, sorted within each folder. */
  pictures: string[];
  /** What is no picture, by the reason. */
  passedOver: Map<PassedOver, string[]>;
};
export type PassedOver =
  | 'junk'
  | 'not-a-picture'
  | 'without-class'
  | 'beside-lists'
  | 'outside-root';

export function nothingFound(): Found {
  return { pictures: [], passedOver: new Map() };
}

export function passOver(found: Found, why: PassedOver, path: string): void {
  const paths = found.passedOver.get(why);
  if (paths === undefined) found.passedOver.set(why, [path]);
  else paths.push(path);
}

/** A folder's entries by name, links followed; what is junk or leads out of `root` goes to `found`. */
export async function visibleEntries(
  root: string,
  folder: string,
  found: Found,
): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = [];
  const files: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const kind = kindOf(root, path, entry);
    if (isJunk(entry.name)) passOver(found, 'junk', path);
    else if (kind === 'outside') passOver(found, 'outside-root', path);
    else if (kind === 'folder') folders.push(entry.name);
    else if (kind === 'file') files.push(entry.name);
    else passOver(found, 'not-a-picture', path);
  }
  return { folders: folders.sort(), files: files.sort() };
}

/** All pictures in and below a folder of `root`. */
export async function walkPictures(
  root: string,
  folder: string,
  found: Found,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const { folders, files } = await visibleEntries(root, folder, found);
  for (const name of files) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (looksLikePicture(join(root, path), name)) found.pictures.push(path);
    else passOver(found, 'not-a-picture', path);
  }
  for (const name of folders) {
    await walkPictures(root, folder === '' ? name : `${folder}/${name}`, found, signal);
  }
}

/** Files that lie where only class folders are looked for; pictures among them have no class. */
export function passOverFiles(
  root: string,
  folder: string,
  files: readonly string[],
  found: Found,
): void {
  for (const name of files) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const isPicture = looksLikePicture(join(root, path), name);
    passOver(found, isPicture ? 'without-class' : 'not-a-picture', path);
  }
}

/** By the ending, and where that promises nothing, by the content. */
function looksLikePicture(file: string, name: string): boolean {
  if (typeOfEnding(name) !== null) return true;
  try {
    const start = Buffer.alloc(SNIFF_BYTES);
    const descriptor = openSync(file, 'r');
    try {
      readSync(descriptor, start, 0, SNIFF_BYTES, 0);
    } finally {
      closeSync(descriptor);
    }
    return sniffPicture(start) !== null;
  } catch {
    // Not readable: no picture for us.
    return false;
  }
}

function kindOf(
  root: string,
  path: string,
  entry: Dirent,
): 'folder' | 'file' | 'outside' | 'other' {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return 'other';
  try {
    const real = realpathSync(join(root, path));
    if (!isInside(realpathSync(root), real)) return 'outside';
    // A link to a folder inside would bring its pictures twice, or go round in a circle.
    return statSync(real).isFile() ? 'file' : 'other';
  } catch {
    return 'other';
  }
}

/** The kind of problem, and what is said of one and of several. */
const SENTENCES = {
  junk: ['junk', 'problem.junk.one', 'problem.junk.several'],
  'not-a-picture': ['not-a-picture', 'problem.not-a-picture.one', 'problem.not-a-picture.several'],
  'without-class': ['without-class', 'problem.without-class.one', 'problem.without-class.several'],
  'beside-lists': [
    'without-class',
    'problem.without-class.folder',
    'problem.without-class.folders',
  ],
  'outside-root': ['not-a-picture', 'problem.not-a-picture.link', 'problem.not-a-picture.links'],
} as const satisfies Record<PassedOver, [ProblemKind, one: SentenceCode, several: SentenceCode]>;

/** One problem a reason, with the number and the first names; all paths are in `skipped`. */
export function describePassedOver(found: Found): {
  problems: DatasetProblem[];
  skipped: string[];
} {
  const problems: DatasetProblem[] = [];
  const skipped: string[] = [];
  for (const [why, paths] of found.passedOver) {
    const [kind, one, several] = SENTENCES[why];
    const more = paths.length > 3 ? ', ...' : '';
    const first = `${paths.slice(0, 3).join(', ')}${more}`;
    const message =
      paths.length === 1
        ? say(one, { paths: first })
        : say(several, { n: paths.length, paths: first });
    problems.push(problem(kind, paths[0] as string, message));
    skipped.push(...paths);
  }
  return { problems, skipped };
}
