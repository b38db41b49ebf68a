import { type ExportColumn, type ExportTable, hiddenSentence } from '../export-table.ts';
import { escapeLatex, strangersToLatex } from './escape-latex.ts';
import { headingOf, printCell } from './print-cell.ts';
import { rankCells } from './rank-cells.ts';

/** Letters of a number's heading in one line. */
const HEADING_LENGTH = 12;

/** Text width of a page with margins of an inch, in points. */
const PAGE_WIDTH = 468;
const SMALLEST = { command: '\\tiny', letter: 3.2, gap: 6 };
/** Font sizes, largest first, with the mean width of a letter and the gap of two columns in points. */
const SIZES = [
  { command: '', letter: 5, gap: 12 },
  { command: '\\small', letter: 4.6, gap: 6 },
  { command: '\\footnotesize', letter: 4.2, gap: 6 },
  { command: '\\scriptsize', letter: 3.8, gap: 6 },
  SMALLEST,
];

/**
 * A `table` environment with booktabs rules: the best value bold, the second underlined, the protocol
 * under it. A wide table is set smaller, to fit a page. It needs `\usepackage{booktabs}` and nothing
 * else; characters that pdfLaTeX's fonts lack are named in a comment.
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
    ...sizeOf(table),
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

/** The largest size at which the table is about as wide as a page at most. */
function sizeOf({ columns, rows }: ExportTable): string[] {
  const letters = columns.reduce((sum, column) => {
    const cells = rows.map((row) => printCell(row[column.key], column).length);
    return sum + Math.max(...headingLines(column).map(({ length }) => length), ...cells);
  }, 0);
  const fits = SIZES.find(
    ({ letter, gap }) => letters * letter + columns.length * gap <= PAGE_WIDTH,
  );
  const { command, gap } = fits ?? SMALLEST;
  return command === '' ? [] : [`  ${command}\\setlength{\\tabcolsep}{${gap / 2}pt}`];
}

/** A number's heading is as narrow as its words allow, in lines one above the other. */
function headingLatex(column: ExportColumn): string {
  const [only = '', ...more] = headingLines(column);
  if (more.length === 0) return escapeLatex(only);
  return `\\shortstack[r]{${[only, ...more].map(escapeLatex).join('\\\\')}}`;
}

function headingLines(column: ExportColumn): string[] {
  const heading = headingOf(column);
  if (column.kind === 'text' || heading.length <= HEADING_LENGTH) return [heading];
  const lines: string[] = [];
  for (const word of heading.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= HEADING_LENGTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function preface(text: string): string {
  const strangers = strangersToLatex(text);
  const needs = '% Needs \\usepackage{booktabs} in the preamble.\n';
  if (strangers.length === 0) return needs;
  return `${needs}% pdfLaTeX has no glyph for ${strangers.join(' ')}: compile with LuaLaTeX, \\usepackage{fontspec} and a \\setmainfont that has them.\n`;
}

function labelOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]+/g, '-');
}
