import { type ExportColumn, type ExportTable, hiddenSentence } from '../export-table.ts';
import { escapeLatex, strangersToLatex } from './escape-latex.ts';
import { headingOf, printCell } from './print-cell.ts';
import { rankCells } from './rank-cells.ts';

/** Letters of a number's heading in one line. */
const HEADING_LENGTH = 12;

/**
 * A `table` environment with booktabs rules: the best value bold, the second underlined, the protocol
 * under it. It needs `\usepackage{booktabs}` and nothing else; characters that pdfLaTeX's fonts lack
 * are named in a comment.
 */
export function tableLatex(table: ExportTable): string {
  const { columns, rows, name, caption, protocol, hidden } = table;
  const marks = columns.map((column) => rankCells(table, column));
  const body = rows.map((row, at) =>
    columns.map((column, index) => {
      const text = escapeLatex(printCell(row[column.key], column));
      const mark = marks[index]?.[at];
      if (mark === 'best') return `\\textbf{${text}}`;
      return mark === 'second' ? `\\underline{${text}}` : text;
    }),
  );
  const toLine = (cells: string[]) => `    ${cells.join(' & ')} \\\\`;
  const note = [protocol, hiddenSentence(hidden)].filter(Boolean).map(escapeLatex).join(' ');
  const environment = [
    '\\begin{table}[t]',
    '  \\centering',
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\label{tab:${labelOf(name)}}`,
    `  \\begin{tabular}{${columns.map(({ kind }) => (kind === 'text' ? 'l' : 'r')).join('')}}`,
    '    \\toprule',
    toLine(columns.map(headingLatex)),
    '    \\midrule',
    ...body.map(toLine),
    '    \\bottomrule',
    '  \\end{tabular}',
    `  \\par\\smallskip{\\footnotesize ${note}\\par}`,
    '\\end{table}',
    '',
  ].join('\n');
  return `${preface(environment)}${environment}`;
}

/** A number's heading is as narrow as its words allow, in lines one above the other. */
function headingLatex(column: ExportColumn): string {
  const heading = headingOf(column);
  if (column.kind === 'text' || heading.length <= HEADING_LENGTH) return escapeLatex(heading);
  const lines: string[] = [];
  for (const word of heading.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= HEADING_LENGTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return `\\shortstack[r]{${lines.map(escapeLatex).join('\\\\')}}`;
}

function preface(text: string): string {
  const strangers = strangersToLatex(text);
  const needs = '% Needs \\usepackage{booktabs} in the preamble.\n';
  if (strangers.length === 0) return needs;
  return `${needs}% pdfLaTeX has no glyph for ${strangers.join(' ')}: compile with LuaLaTeX and a font that has them.\n`;
}

function labelOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]+/g, '-');
}
