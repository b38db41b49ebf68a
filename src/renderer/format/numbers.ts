export { formatNumber } from '../../shared/format-number.ts';

/** `65.0 %`: a fraction as percent, one decimal. */
export function formatPercent(fraction: number, locale: string, digits = 1): string {
  const number = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(fraction * 100)} %`;
}

/** A share of a gradient: two digits that mean something, `< 0.01 %` below that. */
export function formatShare(share: number, locale: string): string {
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  return formatPercent(share, locale, share < 0.01 ? 2 : 1);
}

/** `12,345` or as the locale groups it. */
export function formatCount(count: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `1.2 GB`, in powers of 1000. */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: BYTE_UNITS[unit],
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}
