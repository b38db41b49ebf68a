import type { ExportTable } from '../export-table.ts';
import { tableCsv } from './table-csv.ts';
import { tableLatex } from './table-latex.ts';
import { tableMarkdown } from './table-markdown.ts';

export const TABLE_FORMATS = [
  { id: 'csv', ending: 'csv', type: 'text/csv', write: tableCsv },
  { id: 'markdown', ending: 'md', type: 'text/markdown', write: tableMarkdown },
  { id: 'latex', ending: 'tex', type: 'application/x-tex', write: tableLatex },
] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number]['id'];

/** A table as the text of a file. */
export function writeTable(table: ExportTable, format: TableFormat): string {
  const { write } = TABLE_FORMATS.find(({ id }) => id === format) ?? TABLE_FORMATS[0];
  return write(table);
}
