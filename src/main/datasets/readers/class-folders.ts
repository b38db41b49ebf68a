import { basename } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import type { DatasetProblem, SplitName } from '../../store/datasets.ts';
import { makeSplit } from '../make-split.ts';
import { problem } from '../problems.ts';
import { emptyLists, SPLITS, type Split } from '../split.ts';
import type { Listing, Reader, ReadOptions } from './listing.ts';
import {
  describePassedOver,
  type Found,
  nothingFound,
  passOver,
  passOverFiles,
  visibleEntries,
  walkPictures,
} from './walk-pictures.ts';

/** How people call the folders of the three lists. */
const PART_NAMES: Record<SplitName, Set<string>> = {
  train: new Set(['train', 'training']),
  val: new Set(['val', 'valid', 'validation', 'dev']),
  test: new Set(['test', 'testing']),
};

/** What a preset knows about its folders. */
export type FolderRules = {
  /** The class name of a folder; null leaves the folder out. */
  className(folder: string): string | null;
};

const AS_NAMED: FolderRules = { className: (folder) => folder };

/** One folder a class, with or without `train`, `val` and `test` above them. */
export const readClassFolders: Reader = (path, options) => readFoldersBy(AS_NAMED, path, options);

/** Class folders under a preset's rules. Throws `dataset-format` where there are none. */
export async function readFoldersBy(
  rules: FolderRules,
  path: string,
  options: ReadOptions,
): Promise<Listing> {
  const root = options.images ?? path;
  const found = nothingFound();
  const top = await visibleEntries(root, '', found);
  const parts = partFolders(top.folders);
  if (parts !== null) passOverBeside(root, top, parts, found);
  const folders = new Map<string, string[]>();
  const groups = parts ?? { all: '' };
  for (const folder of Object.values(groups)) {
    folders.set(folder, await classFolders(root, folder, found));
  }
  const classes = await readClasses(root, groups, folders, rules, found, options);
  if (classes.names.length === 0) throw noClasses(root, top.folders, found);
  const problems: DatasetProblem[] = [];
  for (const name of classes.empty) {
    problems.push(problem('empty-folder', name, say('problem.empty-folder', { name })));
  }
  const { lists, madeSplit } = divide(classes, basename(path), options, problems);
  const passed = describePassedOver(found);
  return {
    format: 'folders',
    source: path,
    folder: path,
    name: basename(path),
    imageRoot: root,
    split: { classNames: classes.names, lists, problems: [...problems, ...passed.problems] },
    skipped: passed.skipped,
    madeSplit,
    preset: null,
    walked: true,
  };
}

/** `train`, `val`, `test` among the folders; null where classes lie at the top. */
function partFolders(folders: readonly string[]): Partial<Record<SplitName, string>> | null {
  const parts: Partial<Record<SplitName, string>> = {};
  for (const split of SPLITS) {
    const folder = folders.find((name) => PART_NAMES[split].has(name.toLowerCase()));
    if (folder !== undefined) parts[split] = folder;
  }
  const count = Object.keys(parts).length;
  // A single "train" among other folders may well be a class of vehicles.
  return count >= 2 || (count === 1 && folders.length === 1) ? parts : null;
}

/** What lies beside `train`, `val` and `test`, a second folder of one of them too, is in no list. */
function passOverBeside(
  root: string,
  { folders, files }: { folders: string[]; files: string[] },
  parts: Partial<Record<SplitName, string>>,
  found: Found,
): void {
  const taken = new Set(Object.values(parts));
  for (const folder of folders) if (!taken.has(folder)) passOver(found, 'beside-lists', folder);
  passOverFiles(root, '', files, found);
}

/** The folders of one part, and the pictures beside them passed over. */
async function classFolders(root: string, folder: string, found: Found): Promise<string[]> {
  // The top was read already when the parts were looked for.
  const quiet = folder === '' ? nothingFound() : found;
  const { folders, files } = await visibleEntries(root, folder, quiet);
  passOverFiles(root, folder, files, found);
  return folders;
}

type Classes = {
  names: string[];
  /** Folders without pictures. */
  empty: string[];
  /** Paths by part, then by label. */
  parts: Map<string, string[][]>;
};

async function readClasses(
  root: string,
  groups: Record<string, string>,
  folders: Map<string, string[]>,
  rules: FolderRules,
  found: Found,
  { keepEmpty, signal }: ReadOptions,
): Promise<Classes> {
  const all = [...new Set([...folders.values()].flat())].sort();
  const parts = new Map<string, string[][]>(Object.keys(groups).map((part) => [part, []]));
  const names: string[] = [];
  const empty: string[] = [];
  for (const folder of all) {
    const name = rules.className(folder);
    if (name === null) continue;
    const byPart = new Map<string, string[]>();
    let count = 0;
    for (const [part, parent] of Object.entries(groups)) {
      const walked: Found = { pictures: [], passedOver: found.passedOver };
      if (folders.get(parent)?.includes(folder)) {
        await walkPictures(root, parent === '' ? folder : `${parent}/${folder}`, walked, signal);
      }
      byPart.set(part, walked.pictures);
      count += walked.pictures.length;
    }
    if (count === 0 && !keepEmpty) empty.push(folder);
    else {
      names.push(name);
      for (const [part, paths] of byPart) parts.get(part)?.push(paths);
    }
  }
  return { names, empty, parts };
}

function divide(
  { parts }: Classes,
  file: string,
  { madeSplit }: ReadOptions,
  problems: DatasetProblem[],
): Pick<Split, 'lists'> & Pick<Listing, 'madeSplit'> {
  const [only] = parts.values();
  if (parts.size === 1 && only !== undefined) {
    problems.push(madeSplitNote(madeSplit, file));
    return { lists: makeSplit(only, madeSplit), madeSplit };
  }
  const lists = emptyLists();
  for (const split of SPLITS) {
    const byLabel = parts.get(split) ?? [];
    lists[split] = byLabel.flatMap((paths, label) => paths.map((path) => ({ path, label })));
  }
  if (!parts.has('test')) {
    problems.push(problem('val-as-test', file, say('problem.val-as-test')));
    return { lists: { ...lists, val: [], test: lists.val }, madeSplit: null };
  }
  return { lists, madeSplit: null };
}

export function madeSplitNote(
  { seed, ratio }: ReadOptions['madeSplit'],
  file: string,
): DatasetProblem {
  const message = say('problem.made-split', { ratio: ratio.join('/'), seed });
  return problem('made-split', file, message);
}

function noClasses(root: string, folders: readonly string[], found: Found): FaptError {
  const links = found.passedOver.get('outside-root')?.length ?? 0;
  const but =
    links === 0
      ? ''
      : ` but ${links} ${links === 1 ? 'link' : 'links'} out of it, which are not followed`;
  const what = (folders.length === 0 ? 'no folders' : 'no folder with pictures') + but;
  return new FaptError(
    'dataset-format',
    `${root} holds ${what}, so no classes: put the pictures of each class into a folder named after it, or give a split file or a CSV.`,
  );
}
