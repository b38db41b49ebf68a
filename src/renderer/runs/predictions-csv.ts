import type { PredictReport } from '../../shared/api-results.ts';

/** One row an image: its name, its class, and every class's probability. */
export function predictionsCsv({ classNames, predictions }: PredictReport): string {
  const rows = [
    ['image', 'class', ...classNames],
    ...predictions.map(({ path, class: name, probabilities }) => [path, name, ...probabilities]),
  ];
  return `${rows.map((row) => row.map(toCell).join(',')).join('\r\n')}\r\n`;
}

/** Quoted where RFC 4180 asks for it. */
function toCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
