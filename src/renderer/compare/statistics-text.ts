import { useI18n } from 'vue-i18n';
import { formatPercent } from '../format/numbers.ts';

/** `+3.0`: a difference of fractions in points, always with its sign. */
export function formatPoints(difference: number, locale: string): string {
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  }).format(difference * 100);
}

const SMALLEST_P = 0.0001;

/** Two digits that mean something; below 0.0001 only that. */
export function formatP(p: number, locale: string): string {
  if (p < SMALLEST_P) return '< 0.0001';
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 }).format(p);
}

/** Numbers of a comparison in the window's language. */
export function useStatisticsText() {
  const { t, locale } = useI18n();
  const percent = (fraction: number): string => formatPercent(fraction, locale.value);
  const points = (difference: number): string =>
    t('compare.points', { n: formatPoints(difference, locale.value) });
  const span = (ci: readonly [number, number] | null, of: (value: number) => string): string =>
    ci ? t('compare.interval', { low: of(ci[0]), high: of(ci[1]) }) : t('compare.noInterval');
  return {
    percent,
    points,
    /** `3.0 points`: a length, which has no sign. */
    length: (difference: number): string =>
      t('compare.points', { n: formatPoints(difference, locale.value).replace('+', '') }),
    /** `+3.0`: points where the unit stands elsewhere. */
    bare: (difference: number): string => formatPoints(difference, locale.value),
    p: (value: number): string => formatP(value, locale.value),
    /** `p = 0.02`, or `p < 0.0001`. */
    pIs: (value: number): string =>
      value < SMALLEST_P
        ? `p ${formatP(value, locale.value)}`
        : `p = ${formatP(value, locale.value)}`,
    percentInterval: (ci: readonly [number, number] | null) => span(ci, percent),
    pointsInterval: (ci: readonly [number, number] | null) =>
      span(ci, (value) => formatPoints(value, locale.value)),
  };
}
