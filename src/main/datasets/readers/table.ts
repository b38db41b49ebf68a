import { basename, dirname, extname, isAbsolute, relative } from 'node:path';
import { FaptError } from '../../../shared/errors.ts';
import type { DatasetProblem, SplitName } from '../../store/datasets.ts';
import { decodeTable } from '../decode-text.ts';
import { makeSplit } from '../make-split.ts';
import { problem } from '../problems.ts';
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

/** A CSV or JSON lines: a path, a class and, where there is one, a list in each row. */
export const readTable: Reader = async (path, options) => {
  const problems: DatasetProblem[] = [];
  const rows = usableRows(readRows(path, problems), path, problems);
  const folder = dirname(path);
  const entries = rows.map((row) => ({ ...row, path: relativePath(row.path, folder, options) }));
  const { names, labels } = classesOf(entries, path, problems);
  const { lists, madeSplit } = divide(
    entries,
    { names, labels },
    basename(path),
    options,
    problems,
  );
  return {
    format: 'csv',
    source: path,
    folder,
    name: basename(path, extname(path)),
    imageRoot: imageRoot(
      folder,
      options.images,
      entries.map((entry) => entry.path),
    ),
    split: { classNames: names, lists, problems },
    skipped: [],
    madeSplit,
    preset: null,
    walked: false,
  };
};

/** Throws `text-encoding`, `table-*`, `json-broken`. */
function readRows(file: string, problems: DatasetProblem[]): TableRow[] {
  const { text, assumed } = decodeTable(readBytes(file));
  if (assumed !== null) {
    const message = `the text is not UTF-8 and was read as ${assumed}; check names with accents`;
    problems.push(problem('text-encoding', basename(file), message));
  }
  const isJson = JSON_LINES.has(extname(file).toLowerCase());
  return isJson ? readJsonLines(text, file) : readDelimited(text, file);
}

/** Rows that name a picture, a class and a known list. Throws `table-empty`. */
function usableRows(rows: TableRow[], file: string, problems: DatasetProblem[]): TableRow[] {
  const name = basename(file);
  const usable = rows.filter(({ line, path, label, name: className, split }) => {
    const where = `${name}:${line}`;
    if (normalizePath(path) === '' || (label === '' && className === '')) {
      const lacks = normalizePath(path) === '' ? 'picture' : 'class';
      problems.push(problem('row-incomplete', where, `line ${line} names no ${lacks}`));
      return false;
    }
    if (split !== '' && SPLIT_WORDS[split.toLowerCase()] === undefined) {
      const message = `line ${line} has the split "${split}", which is none of train, val and test`;
      problems.push(problem('split-unknown', where, message));
      return false;
    }
    return true;
  });
  if (usable.length > 0) return usable;
  throw new FaptError('table-empty', `${file} names no picture with a class: check its columns.`);
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
function classesOf(
  rows: readonly TableRow[],
  file: string,
  problems: DatasetProblem[],
): { names: string[]; labels: Map<string, number> } {
  const nameOf = new Map<string, string>();
  for (const { label, name } of rows) {
    const key = label === '' ? name : label;
    const known = nameOf.get(key) ?? (name || label);
    nameOf.set(key, known);
    if (name === '' || known === name) continue;
    const message = `label ${key} is called both "${known}" and "${name}"`;
    problems.push(problem('label-names', basename(file), message));
  }
  const keys = [...nameOf.keys()];
  const numbered = keys.every((key) => /^\d+$/.test(key));
  keys.sort(numbered ? (a, b) => Number(a) - Number(b) : undefined);
  if (numbered && keys.every((key) => nameOf.get(key) === key)) {
    const message = 'the classes are numbers, which say nothing to the text model: rename them';
    problems.push(problem('number-names', basename(file), message));
  }
  return {
    names: keys.map((key) => nameOf.get(key) as string),
    labels: new Map(keys.map((key, label) => [key, label])),
  };
}

function divide(
  rows: readonly TableRow[],
  { names, labels }: ReturnType<typeof classesOf>,
  file: string,
  { madeSplit }: ReadOptions,
  problems: DatasetProblem[],
): Pick<Split, 'lists'> & Pick<Listing, 'madeSplit'> {
  const labelOf = ({ label, name }: TableRow) => labels.get(label === '' ? name : label) as number;
  if (rows.every(({ split }) => split === '')) {
    const byLabel = names.map(() => new Set<string>());
    for (const row of rows) {
      const paths = byLabel[labelOf(row)] as Set<string>;
      if (paths.has(row.path)) {
        const message = `line ${row.line} lists "${row.path}" a second time, which counts once`;
        problems.push(problem('duplicate-entry', row.path, message));
      }
      paths.add(row.path);
    }
    problems.push(madeSplitNote(madeSplit, file));
    const classPaths = byLabel.map((paths) => [...paths]);
    return { lists: makeSplit(classPaths, madeSplit), madeSplit };
  }
  const lists = emptyLists();
  for (const row of rows) {
    const split = SPLIT_WORDS[row.split.toLowerCase()];
    if (split === undefined) {
      const message = `line ${row.line} names no split, and others do`;
      problems.push(problem('split-unknown', row.path, message));
    } else lists[split].push({ path: row.path, label: labelOf(row) });
  }
  return { lists, madeSplit: null };
}
