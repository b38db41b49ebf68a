import type { Point } from './report-data.ts';

/**
 * At most `count` points: the means of equal stretches, so that a curve of single batches can be
 * read. Fewer points are left as they are.
 */
export function meanOfStretches(points: readonly Point[], count: number): Point[] {
  if (points.length <= count) return [...points];
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * points.length) / count);
    const to = Math.floor(((index + 1) * points.length) / count);
    const stretch = points.slice(from, to);
    const mean = (key: 0 | 1) =>
      stretch.reduce((sum, point) => sum + point[key], 0) / stretch.length;
    return [mean(0), mean(1)];
  });
}
