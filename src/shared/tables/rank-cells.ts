import { type ExportColumn, type ExportTable, numberOf } from '../export-table.ts';
import { printCell } from './print-cell.ts';

export type Mark = 'best' | 'second' | null;

/**
 * How the cells of a column are marked, a row each. Values that print alike are marked alike; with
 * fewer than two different values nothing is better than anything.
 */
export function rankCells(table: ExportTable, column: ExportColumn): Mark[] {
  const marks: Mark[] = table.rows.map(() => null);
  const { best } = column;
  if (!best) return marks;
  const unranked = new Set(table.unranked);
  const printed = table.rows.map((row, index) => {
    const value = unranked.has(index) ? null : numberOf(row[column.key]);
    return value === null ? null : Number(printCell(value, column));
  });
  const values = [...new Set(printed.filter((value) => value !== null))];
  if (values.length < 2) return marks;
  values.sort((a, b) => (best === 'highest' ? b - a : a - b));
  return printed.map((value) => {
    if (value === null) return null;
    if (value === values[0]) return 'best';
    return value === values[1] ? 'second' : null;
  });
}
