import { type ExportCell, type ExportColumn, numberOf } from '../export-table.ts';

/** A column's heading with the unit of its numbers. */
export function headingOf({ title, kind }: ExportColumn): string {
  if (kind === 'percent') return `${title} (%)`;
  return kind === 'points' ? `${title} (points)` : title;
}

/** A cell as a paper prints it: `71.2 ± 0.4`, `+3.0`, `-` for what was not measured. */
export function printCell(cell: ExportCell | undefined, column: ExportColumn): string {
  if (typeof cell === 'string') return cell;
  const value = numberOf(cell);
  if (value === null) return '-';
  const sign = column.kind === 'points' && value > 0 ? '+' : '';
  const printed = sign + printNumber(value, column);
  const std = typeof cell === 'object' ? (cell?.std ?? null) : null;
  return std === null ? printed : `${printed} ± ${printNumber(std, column)}`;
}

/** With the column's decimals; never a negative zero. */
function printNumber(value: number, { kind, digits = 1 }: ExportColumn): string {
  const scaled = kind === 'percent' || kind === 'points' ? 100 * value : value;
  return scaled.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, '$1');
}
