import { basename, dirname, extname, isAbsolute, relative } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentence.ts';
import type { DatasetProblem, SplitName } from '../../store/datasets.ts';
import { decodeTable } from '../decode-text.ts';
import { makeSplit } from '../make-split.ts';
import { type ProblemKind, problem } from '../problems.ts';
import { emptyLists, normalizePath, type Split } from '../split.ts';
import { madeSplitNote } from './class-folders.ts';
import { imageRoot } from './image-root.ts';
import type { Listing, Reader, ReadOptions } from './listing.ts';
import { readBytes } from './read-bytes.ts';
import { readDelimited, readJsonLines, type TableRow } from './table-columns.ts';

const SPLIT_WORDS: Record<string, SplitName> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  dev: 'val',
  test: 'test',
  testing: 'test',
  eval: 'test',
};

const JSON_LINES = new Set(['.jsonl', '.ndjson']);
/** Endings of the files that `readTable` reads. */
export const TABLE_ENDINGS: ReadonlySet<string> = new Set(['.csv', '.tsv', '.txt', ...JSON_LINES]);

/** A usable row: its class by the key that tells classes apart (number or name). */
type Entry = { line: number; path: string; key: string; split: SplitName | null };

/** A CSV or JSON lines: a path, a class and, where there is one, a list in each row. */
export const readTable: Reader = async (path, options) => {
  const problems: DatasetProblem[] = [];
  const folder = dirname(path);
  const table = readEntries(path, folder, options, problems);
  const { names, labels } = classesOf(table.names);
  const { lists, madeSplit } = divide(table.entries, labels, basename(path), options, problems);
  return {
    format: 'csv',
    source: path,
    folder,
    name: basename(path, extname(path)),
    imageRoot: imageRoot(folder, options.images, lists),
    split: { classNames: names, lists, problems },
    skipped: [],
    madeSplit,
    preset: null,
    walked: false,
  };
};

/** Throws `text-encoding`, `table-*`, `json-broken`. */
function readRows(file: string, problems: DatasetProblem[]): Iterable<TableRow> {
  const { text, assumed } = decodeTable(readBytes(file));
  if (assumed !== null) {
    const message = say('problem.text-encoding', { encoding: assumed });
    problems.push(problem('text-encoding', basename(file), message));
  }
  const isJson = JSON_LINES.has(extname(file).toLowerCase());
  return isJson ? readJsonLines(text, file) : readDelimited(text, file);
}

/** Rows that name a picture, a class and a known list, and the name of each class. */
function readEntries(
  file: string,
  folder: string,
  options: ReadOptions,
  problems: DatasetProblem[],
): { entries: Entry[]; names: Map<string, string> } {
  const entries: Entry[] = [];
  const names = new Map<string, string>();
  for (const row of readRows(file, problems)) {
    const fault = faultOf(row);
    if (fault !== null) {
      const [kind, message] = fault;
      problems.push(problem(kind, `${basename(file)}:${row.line}`, message));
      continue;
    }
    const { line, label, name } = row;
    const key = label === '' ? name : label;
    const known = names.get(key) ?? (name || label);
    names.set(key, known);
    if (name !== '' && known !== name) {
      const message = say('problem.label-names', { label: key, one: known, other: name });
      problems.push(problem('label-names', basename(file), message));
    }
    const split = SPLIT_WORDS[row.split.toLowerCase()] ?? null;
    entries.push({ line, path: relativePath(row.path, folder, options), key, split });
  }
  if (entries.length > 0) return { entries, names };
  throw new FaptError('table-empty', `${file} names no picture with a class: check its columns.`);
}

function faultOf({ line, path, label, name, split }: TableRow): [ProblemKind, string] | null {
  if (normalizePath(path) === '') {
    return ['row-incomplete', say('problem.row-incomplete.picture', { line })];
  }
  if (label === '' && name === '') {
    return ['row-incomplete', say('problem.row-incomplete.class', { line })];
  }
  if (split === '' || SPLIT_WORDS[split.toLowerCase()] !== undefined) return null;
  return ['split-unknown', say('problem.split-unknown.word', { line, split })];
}

/** Where a list was written with whole paths, those inside the image folder still work. */
function relativePath(path: string, folder: string, { images }: ReadOptions): string {
  for (const root of isAbsolute(path) ? [images, folder] : []) {
    const inner = root === undefined ? '..' : relative(root, path);
    if (!inner.startsWith('..') && !isAbsolute(inner)) return normalizePath(inner);
  }
  return normalizePath(path);
}

/** Classes in the order of their names, or of their numbers where they have numbers. */
function classesOf(nameOf: ReadonlyMap<string, string>): {
  names: string[];
  labels: Map<string, number>;
} {
  const keys = [...nameOf.keys()];
  const numbered = keys.every((key) => /^\d+$/.test(key));
  keys.sort(numbered ? (a, b) => Number(a) - Number(b) : undefined);
  return {
    names: keys.map((key) => nameOf.get(key) as string),
    labels: new Map(keys.map((key, label) => [key, label])),
  };
}

function divide(
  entries: readonly Entry[],
  labels: ReadonlyMap<string, number>,
  file: string,
  { madeSplit }: ReadOptions,
  problems: DatasetProblem[],
): Pick<Split, 'lists'> & Pick<Listing, 'madeSplit'> {
  if (entries.every(({ split }) => split === null)) {
    problems.push(madeSplitNote(madeSplit, file));
    return { lists: makeSplit(pathsByLabel(entries, labels, problems), madeSplit), madeSplit };
  }
  const lists = emptyLists();
  for (const { line, path, key, split } of entries) {
    if (split !== null) lists[split].push({ path, label: labels.get(key) as number });
    else {
      const message = say('problem.split-unknown.none', { line });
      problems.push(problem('split-unknown', path, message));
    }
  }
  return { lists, madeSplit: null };
}

/** A path that a class has twice counts once: a split of them must not share it. */
function pathsByLabel(
  entries: readonly Entry[],
  labels: ReadonlyMap<string, number>,
  problems: DatasetProblem[],
): string[][] {
  const byLabel = Array.from(labels, () => new Set<string>());
  for (const { line, path, key } of entries) {
    const paths = byLabel[labels.get(key) as number] as Set<string>;
    if (paths.has(path)) {
      const message = say('problem.duplicate-entry.line', { line, path });
      problems.push(problem('duplicate-entry', path, message));
    }
    paths.add(path);
  }
  return byLabel.map((paths) => [...paths]);
}
