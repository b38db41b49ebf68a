import { typeOfEnding } from '../../../engine/images/sniff-picture.ts';
import { FaptError } from '../../../shared/errors.ts';
import { parseDelimited, type Row } from './delimited.ts';

/** One line of a table, as text; what it does not have is empty. */
export type TableRow = { line: number; path: string; label: string; name: string; split: string };

/** How people call the columns; compared without case, spaces, `_` and `-`. */
const COLUMNS: Record<Exclude<keyof TableRow, 'line'>, readonly string[]> = {
  path: 'path file filename filepath image imagepath imagefile img imgpath impath pfad datei'.split(
    ' ',
  ),
  label: 'label class category target y labelid classid id klasse'.split(' '),
  name: 'classname labelname categoryname name'.split(' '),
  split: 'split set subset partition fold'.split(' '),
};

type Columns = Record<keyof typeof COLUMNS, number | null>;

const canonical = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/** Which column is which, by the names in the first row; null where that is no row of names. */
export function columnsOf(names: readonly string[]): Columns | null {
  const seen = names.map(canonical);
  const place = (known: readonly string[]): number | null => {
    const at = known.map((name) => seen.indexOf(name)).find((index) => index >= 0);
    return at ?? null;
  };
  const columns = {
    path: place(COLUMNS.path),
    label: place(COLUMNS.label),
    name: place(COLUMNS.name),
    split: place(COLUMNS.split),
  };
  const isHeader = columns.path !== null && (columns.label !== null || columns.name !== null);
  return isHeader ? columns : null;
}

/**
 * The rows of a CSV, with or without a first row of column names; without one the columns are path,
 * label and, where there is a third, split. Throws `table-columns`, `table-quotes`.
 */
export function* readDelimited(text: string, file: string): Generator<TableRow> {
  let columns: Columns | null = null;
  for (const row of parseDelimited(text, file)) {
    if (columns === null) {
      columns = columnsOf(row.cells);
      if (columns !== null) {
        refuseTwice(row.cells, columns, file);
        continue;
      }
      if (!startsWithPath(row)) throw unknownColumns(file, row.cells);
      columns = { path: 0, label: 1, name: null, split: 2 };
    }
    yield pick(row, columns);
  }
}

/** Which of two columns of one name is meant cannot be told. */
function refuseTwice(names: readonly string[], columns: Columns, file: string): void {
  const seen = names.map(canonical);
  for (const at of Object.values(columns)) {
    if (at === null || seen.lastIndexOf(seen[at] as string) === at) continue;
    throw new FaptError(
      'table-columns',
      `${file} has the column "${names[at]}" twice: rename or remove one of them.`,
    );
  }
}

function startsWithPath({ cells: [first = '', second] }: Row): boolean {
  return second !== undefined && (typeOfEnding(first) !== null || /[\\/]/.test(first));
}

function pick({ line, cells }: Row, columns: Columns): TableRow {
  const cell = (at: number | null): string => (at === null ? '' : (cells[at] ?? ''));
  return {
    line,
    path: cell(columns.path),
    label: cell(columns.label),
    name: cell(columns.name),
    split: cell(columns.split),
  };
}

/** The rows of a file with one JSON object a line. Throws `json-broken`, `table-columns`. */
export function* readJsonLines(text: string, file: string): Generator<TableRow> {
  let number = 0;
  for (const [line] of text.matchAll(/.*(?:\r\n|\n|\r|$)/g)) {
    number += 1;
    if (line.trim() === '') continue;
    const entries = Object.entries(parseLine(line, file, number));
    const names = entries.map(([name]) => name);
    const columns = columnsOf(names);
    if (columns === null) throw unknownColumns(file, names);
    // A list or an object is neither a path nor a name.
    const cells = entries.map(([, value]) =>
      typeof value === 'object' ? '' : String(value).trim(),
    );
    yield pick({ line: number, cells }, columns);
  }
}

function parseLine(line: string, file: string, number: number): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    const message = `${file} has no valid JSON in line ${number}: correct it or get the file again.`;
    throw new FaptError('json-broken', message, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new FaptError('json-broken', `${file} has no JSON object in line ${number}: correct it.`);
}

function unknownColumns(file: string, names: readonly string[]): FaptError {
  return new FaptError(
    'table-columns',
    `${file} begins with "${names.join(', ').slice(0, 80)}", which names no columns for the picture and its class: name them "path" and "label" (and "split", if there is one).`,
  );
}
