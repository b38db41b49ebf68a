import type { ExportTable } from '../export-table.ts';
import { fileStem } from '../file-stem.ts';
import { tableCsv } from './table-csv.ts';
import { TABLE_FORMATS, type TableFormat } from './table-formats.ts';
import { tableLatex } from './table-latex.ts';
import { tableMarkdown } from './table-markdown.ts';

const WRITERS: Record<TableFormat, (table: ExportTable) => string> = {
  csv: tableCsv,
  markdown: tableMarkdown,
  latex: tableLatex,
};

/** A table as the text of a file. */
export function writeTable(table: ExportTable, format: TableFormat): string {
  return WRITERS[format](table);
}

/** The same with the file's name and type. */
export function tableFile(table: ExportTable, format: TableFormat) {
  const { ending, type } = TABLE_FORMATS.find(({ id }) => id === format) ?? TABLE_FORMATS[0];
  return { name: `${fileStem(table.name)}.${ending}`, type, text: writeTable(table, format) };
}
