import { formatNumber } from '../format/numbers.ts';

/** Three significant digits with the sign before them; 0 has none. */
export function formatSigned(value: number): string {
  const text = formatNumber(Number(Math.abs(value).toPrecision(3)));
  if (!(Math.abs(value) > 0)) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}
