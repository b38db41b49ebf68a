import type { ResultsTable } from '../../shared/api/results.ts';
import type { Line, LineChartInput } from '../../shared/charts/line-option.ts';
import { methodStyle } from '../../shared/charts/run-style.ts';

type Texts = {
  method(title: string): string;
  t(key: string, values?: Record<string, unknown>): string;
};

/** Accuracy over shots, a line a method that has any; means over the seeds that are there. */
export function fewShotInput(
  table: ResultsTable,
  measure: 'natural' | 'robust',
  { method, t }: Texts,
): Omit<LineChartInput, 'isDark'> {
  const lines = table.rows.flatMap((row): Line[] => {
    const points = row.cells.flatMap((cell): [number, number][] => {
      const mean = cell[measure].ours?.mean;
      return mean === undefined ? [] : [[Number(cell.column), mean * 100]];
    });
    if (points.length === 0) return [];
    return [{ name: method(row.title), points, style: methodStyle(row.method) }];
  });
  const shots = table.columns.map(({ key }) => Number(key));
  return {
    lines,
    doubling: [Math.min(...shots), Math.max(...shots)],
    percent: true,
    xName: t('results.curves.shots'),
    yName: t(`results.curves.${measure}`),
    description: t('results.curves.what', { dataset: table.name }),
    formatValue: (value) => String(Number(value.toFixed(2))),
  };
}
