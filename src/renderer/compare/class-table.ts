import type { ExportTable } from '../../shared/export-table.ts';
import type { ClassRow } from './class-rows.ts';
import type { Confusion } from './confusion.ts';

type Names = { a: string; b: string };

/** Class by class, every class whatever the screen shows. */
export function classTable(
  rows: readonly ClassRow[],
  names: Names,
  protocol: string,
  file: string,
): ExportTable {
  return {
    name: file,
    caption: 'Accuracy class by class',
    protocol,
    columns: [
      { key: 'name', title: 'Class', kind: 'text' },
      { key: 'n', title: 'Images', kind: 'number', digits: 0 },
      { key: 'a', title: names.a, kind: 'percent' },
      { key: 'b', title: names.b, kind: 'percent' },
      { key: 'difference', title: 'B - A', kind: 'points' },
    ],
    rows: rows.map(({ name, n, a, b, difference }) => ({ name, n, a, b, difference })),
    hidden: [],
  };
}

/** A confusion matrix: true classes down, predicted ones across, in the order drawn. */
export function confusionTable(
  matrix: Confusion,
  order: readonly number[],
  classNames: readonly string[],
  about: { name: string; protocol: string; file: string },
): ExportTable {
  const nameOf = (label: number): string => classNames[label] ?? String(label);
  const left = matrix.length - order.length;
  return {
    name: about.file,
    caption: `Confusion matrix of ${about.name}: true classes down, predicted classes across`,
    protocol: about.protocol,
    columns: [
      { key: 'class', title: 'True class', kind: 'text' },
      ...order.map((label) => ({
        key: `p${label}`,
        title: nameOf(label),
        kind: 'number' as const,
        digits: 0,
      })),
    ],
    rows: order.map((label) => ({
      class: nameOf(label),
      ...Object.fromEntries(order.map((column) => [`p${column}`, matrix[label]?.[column] ?? 0])),
    })),
    hidden: left > 0 ? [`${left} classes that are confused the least`] : [],
  };
}
