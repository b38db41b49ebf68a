import type { PredictReport } from '../../shared/api-results.ts';
import { csvOf } from '../../shared/csv.ts';

/** One row an image: its name, its class, and every class's probability. */
export function predictionsCsv({ classNames, predictions }: PredictReport): string {
  return csvOf(
    ['image', 'class', ...classNames],
    predictions.map(({ path, class: name, probabilities }) => [path, name, ...probabilities]),
  );
}
