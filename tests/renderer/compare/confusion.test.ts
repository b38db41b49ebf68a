import { describe, expect, it } from 'vitest';
import {
  imagesOf,
  mostConfused,
  moveInMatrix,
  orderClasses,
} from '../../../src/renderer/compare/confusion.ts';
import { cellAt, extentOf, layoutMatrix } from '../../../src/renderer/compare/draw-confusion.ts';

const MATRIX = [
  [9, 1, 0],
  [4, 2, 4],
  [0, 3, 7],
];

describe('a confusion matrix', () => {
  it('is ordered by class, or by images taken for another', () => {
    expect(orderClasses([MATRIX], 'class')).toEqual([0, 1, 2]);
    expect(orderClasses([MATRIX], 'confused')).toEqual([1, 2, 0]);
    expect(orderClasses([], 'class')).toEqual([]);
  });

  it('keeps the most confused where there are too many to draw', () => {
    expect(orderClasses([MATRIX], 'class', 2)).toEqual([1, 2]);
    const other = [
      [0, 5, 5],
      [0, 10, 0],
      [0, 0, 10],
    ];
    expect(orderClasses([MATRIX, other], 'confused', 1)).toEqual([0]);
  });

  it('names the pairs that are confused the most, without the right answers', () => {
    expect(mostConfused(MATRIX, 2)).toEqual([
      { label: 1, predicted: 0, count: 4, of: 10 },
      { label: 1, predicted: 2, count: 4, of: 10 },
    ]);
    expect(mostConfused(MATRIX, 99)).toHaveLength(4);
    expect(imagesOf(MATRIX, 9)).toBe(0);
  });

  it('is gone through by keys, and not left', () => {
    expect(moveInMatrix({ row: 0, column: 0 }, 'ArrowUp', 3)).toEqual({ row: 0, column: 0 });
    expect(moveInMatrix({ row: 0, column: 0 }, 'ArrowRight', 3)).toEqual({ row: 0, column: 1 });
    expect(moveInMatrix({ row: 1, column: 1 }, 'End', 3)).toEqual({ row: 1, column: 2 });
    expect(moveInMatrix({ row: 1, column: 1 }, 'x', 3)).toBeNull();
  });

  it('has room for a name beside each of a hundred classes', () => {
    const layout = layoutMatrix(100, 600, 90);
    expect(layout.cell).toBeGreaterThanOrEqual(11);
    expect(layoutMatrix(3, 600, 90).cell).toBeGreaterThan(layout.cell);
    const { width, height } = extentOf(layout);
    expect(cellAt(layout, width - 2, height - 2)).toEqual({ row: 99, column: 99 });
    expect(cellAt(layout, 5, 5)).toBeNull();
  });
});
