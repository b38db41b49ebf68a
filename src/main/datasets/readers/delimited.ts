import { FaptError } from '../../../shared/errors.ts';

/** A row of a table and the line it begins in, from 1. */
export type Row = { line: number; cells: string[] };

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * The rows of a text with values between delimiters (RFC 4180): quoted values may hold delimiters,
 * line ends and doubled quotes. The delimiter is the one that the first line has most of, or the one
 * that a line "sep=;" of Excel tells. Empty lines are left out. One row at a time, since a large table
 * has a million. Throws `table-quotes`.
 */
export function* parseDelimited(text: string, file: string): Generator<Row> {
  const told = /^sep=(.)(?:\r\n|\n|\r)/i.exec(text);
  const delimiter = told?.[1] ?? delimiterOf(text);
  let at = told?.[0].length ?? 0;
  let line = told === null ? 1 : 2;
  while (at < text.length) {
    const row: Row = { line, cells: [] };
    for (;;) {
      const cell = readCell(text, at, delimiter);
      if (cell === null) throw openQuote(file, row.line);
      row.cells.push(cell.value);
      line += cell.lines;
      at = cell.end;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    if (row.cells.some((cell) => cell !== '')) yield row;
  }
}

function delimiterOf(text: string): string {
  const begin = text.slice(0, 4096).replaceAll(/"[^"]*"/g, '');
  const first = /^.*/.exec(begin)?.[0] ?? '';
  const count = (delimiter: string): number => first.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
}

type Cell = { value: string; end: number; lines: number };

/** The value from `at` to the next delimiter or line end; null where its quote is never closed. */
function readCell(text: string, at: number, delimiter: string): Cell | null {
  let start = at;
  while (text[start] === ' ') start += 1;
  if (text[start] !== '"') {
    let end = at;
    while (end < text.length && !isEnd(text[end] as string, delimiter)) end += 1;
    return { value: text.slice(at, end).trim(), end, lines: 0 };
  }
  let value = '';
  let next = start + 1;
  for (;;) {
    const quote = text.indexOf('"', next);
    if (quote < 0) return null;
    value += text.slice(next, quote);
    next = quote + 1;
    if (text[next] !== '"') break;
    value += '"';
    next += 1;
  }
  let end = next;
  while (end < text.length && !isEnd(text[end] as string, delimiter)) end += 1;
  value = (value + text.slice(next, end).trimEnd()).trim();
  return { value, end, lines: value.split('\n').length - 1 };
}

function isEnd(character: string, delimiter: string): boolean {
  return character === delimiter || character === '\n' || character === '\r';
}

function openQuote(file: string, line: number): FaptError {
  return new FaptError(
    'table-quotes',
    `${file} opens a quote in line ${line} that is never closed: correct that line.`,
  );
}
