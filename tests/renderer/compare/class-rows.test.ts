import { describe, expect, it } from 'vitest';
import { classOption } from '../../../src/renderer/compare/class-option.ts';
import {
  classRows,
  denseConfusion,
  sortClassRows,
} from '../../../src/renderer/compare/class-rows.ts';
import { classTable, confusionTable } from '../../../src/renderer/compare/class-table.ts';
import { sideStyles } from '../../../src/renderer/compare/side-styles.ts';

const of = (right: number, n: number) => ({ right, of: n, ci: [0, 1] as [number, number] });
const BLOCK = {
  n: 20,
  classes: [
    { label: 0, a: of(5, 10), b: of(9, 10) },
    { label: 1, a: of(8, 10), b: of(2, 10) },
    { label: 2, a: of(0, 0), b: of(0, 0) },
  ],
  confusion: { a: [], b: [] },
};
const rows = classRows(BLOCK, ['cat', 'dog']);

describe('accuracy class by class', () => {
  it('has both sides and their difference, and nothing for a class without images', () => {
    expect(rows[0]).toEqual({ label: 0, name: 'cat', n: 10, a: 0.5, b: 0.9, difference: 0.4 });
    expect(rows[2]).toEqual({ label: 2, name: '2', n: 0, a: null, b: null, difference: null });
  });

  it('is sorted either way, with what has no value last', () => {
    const labels = (by: 'difference' | 'class', descending: boolean) =>
      sortClassRows(rows, { by, descending }).map(({ label }) => label);
    expect(labels('difference', true)).toEqual([0, 1, 2]);
    expect(labels('difference', false)).toEqual([1, 0, 2]);
    expect(labels('class', true)).toEqual([2, 1, 0]);
  });

  it('is drawn with a gap where a side has no value', () => {
    const series = classOption({
      classes: rows,
      names: { a: 'A', b: 'B' },
      styles: sideStyles('x', 'y'),
      xName: 'accuracy',
      format: String,
      isDark: false,
      description: 'Classes.',
    }).series as { name?: string; data: unknown[] }[];
    expect(series.find(({ name }) => name === 'A')?.data).toEqual([0.5, 0.8, '-']);
  });

  it('leaves the application with every row', () => {
    const table = classTable(rows, { a: 'A', b: 'B' }, 'protocol', 'classes');
    expect(table.rows).toHaveLength(3);
    expect(table.columns.map(({ key }) => key)).toEqual(['name', 'n', 'a', 'b', 'difference']);
  });
});

describe('a sparse confusion matrix', () => {
  const matrix = denseConfusion([{ label: 1, predicted: 0, count: 4 }], 3);

  it('is filled with zeros', () => {
    expect(matrix).toEqual([
      [0, 0, 0],
      [4, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('says in its table which classes it leaves out', () => {
    const about = { name: 'A', protocol: 'protocol', file: 'confusion' };
    const table = confusionTable(matrix, [1, 0], ['cat', 'dog', 'cow'], about);
    expect(table.rows).toEqual([
      { class: 'dog', p1: 0, p0: 4 },
      { class: 'cat', p1: 0, p0: 0 },
    ]);
    expect(table.hidden).toHaveLength(1);
    expect(confusionTable(matrix, [0, 1, 2], [], about).hidden).toEqual([]);
  });
});
