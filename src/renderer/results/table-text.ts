import type { ResultsColumn, ResultsTable } from '../../shared/api/results.ts';

type Translate = (key: string, values?: Record<string, unknown>, count?: number) => string;

/** A column's heading: a dataset, a half, a number of shots. */
export function columnTitle({ kind, name }: ResultsColumn, t: Translate): string {
  switch (kind) {
    case 'dataset':
    case 'source':
      return name;
    case 'shots':
      return t('common.shots', { n: Number(name) }, Number(name));
    default:
      return t(`results.columns.${kind}`);
  }
}

/** Test images behind a column, where every number of ours has the same. */
export function imagesOf(
  { rows }: ResultsTable,
  column: number,
  measure: 'natural' | 'robust',
): number | null {
  const counts = rows.flatMap(({ cells }) => cells[column]?.[measure].ours?.images ?? []);
  const [first] = counts;
  return first !== undefined && counts.every((count) => count === first) ? first : null;
}

/** `+1.2`: a difference of two fractions in percentage points. */
export function formatPoints(value: number, locale: string, isSigned = true): string {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: isSigned ? 'exceptZero' : 'never',
  }).format(value * 100);
}
