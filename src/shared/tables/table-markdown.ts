import { type ExportTable, hiddenSentence } from '../export-table.ts';
import { headingOf, printCell } from './print-cell.ts';
import { rankCells } from './rank-cells.ts';

/** A table of GitHub's Markdown: caption above, protocol and what was hidden below. */
export function tableMarkdown(table: ExportTable): string {
  const { columns, rows, caption, protocol, hidden } = table;
  const marks = columns.map((column) => rankCells(table, column));
  const lines = rows.map((row, at) =>
    columns.map((column, index) => {
      const text = escaped(printCell(row[column.key], column));
      const mark = marks[index]?.[at];
      if (mark === 'best') return `**${text}**`;
      return mark === 'second' ? `<u>${text}</u>` : text;
    }),
  );
  const toLine = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    `**${escaped(caption)}**`,
    '',
    toLine(columns.map((column) => escaped(headingOf(column)))),
    toLine(columns.map(({ kind }) => (kind === 'text' ? '---' : '---:'))),
    ...lines.map(toLine),
    '',
    [protocol, hiddenSentence(hidden)].filter(Boolean).map(escaped).join(' '),
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[\\`*_<>|[\]#~]/g, '\\$&').replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
