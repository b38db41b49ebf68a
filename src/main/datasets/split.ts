import type { DatasetProblem, SplitName } from '../store/datasets.ts';

export const SPLITS: readonly SplitName[] = ['train', 'val', 'test'];

export type SplitEntry = { path: string; label: number };

/** What a source says: classes and which picture is in which list. */
export type Split = {
  classNames: string[];
  /** Paths as normalised by `normalizePath`. */
  lists: Record<SplitName, SplitEntry[]>;
  problems: DatasetProblem[];
};

export function emptyLists(): Split['lists'] {
  return { train: [], val: [], test: [] };
}

/** A backslash, a drive letter, or a part that is empty, `.` or `..`. */
const ODD_PATH = /\\|^[A-Za-z]:|(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * `/` between parts, no leading `./`, `/` or drive letter, `.` and `..` resolved; `..` stays in front
 * if it leads outside.
 */
export function normalizePath(path: string): string {
  // Most paths are as they should be, and a large list has a million of them.
  if (!ODD_PATH.test(path)) return path;
  const parts: string[] = [];
  const local = path.replaceAll('\\', '/').replace(/^[A-Za-z]:\//, '');
  for (const part of local.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** Each path of the three lists once. */
export function pathsOf({ lists }: Split): string[] {
  const paths = new Set<string>();
  for (const name of SPLITS) for (const { path } of lists[name]) paths.add(path);
  return [...paths];
}
