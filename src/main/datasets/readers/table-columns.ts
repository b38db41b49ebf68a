import { FaptError } from '../../../shared/errors.ts';
import { typeOfEnding } from '../sniff-picture.ts';
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
export function readDelimited(text: string, file: string): TableRow[] {
  const rows = parseDelimited(text, file);
  const [first] = rows;
  if (first === undefined) return [];
  const columns = columnsOf(first.cells);
  if (columns !== null) return rows.slice(1).map((row) => pick(row, columns));
  const isPath = typeOfEnding(first.cells[0] ?? '') !== null || /[\\/]/.test(first.cells[0] ?? '');
  if (first.cells.length < 2 || !isPath) throw unknownColumns(file, first.cells);
  return rows.map((row) => pick(row, { path: 0, label: 1, name: null, split: 2 }));
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
export function readJsonLines(text: string, file: string): TableRow[] {
  const rows: TableRow[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const entries = Object.entries(parseLine(line, file, index + 1));
    const columns = columnsOf(entries.map(([name]) => name));
    if (columns === null)
      throw unknownColumns(
        file,
        entries.map(([name]) => name),
      );
    const cells = entries.map(([, value]) => (value === null ? '' : String(value).trim()));
    rows.push(pick({ line: index + 1, cells }, columns));
  }
  return rows;
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
