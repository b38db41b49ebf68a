import { METHODS } from '../../shared/method-catalogue.ts';
import {
  datasetSections,
  makeCell,
  methodRows,
  type Plan,
  type PlanOptions,
  shotsTitle,
} from './plan.ts';

/**
 * Adversarial few-shot learning: every method on all classes of every dataset with each number of
 * shots. Zero-shot learns from none, so one run a seed stands in every column.
 */
export function planFewShot(options: PlanOptions): Plan {
  const { datasets, seeds, shots } = options;
  const rows = methodRows(options.methods);
  const columns = shots.map((count) => ({ key: `${count}`, title: shotsTitle(count) }));
  const cells = seeds.flatMap((seed) =>
    datasets.flatMap((dataset) =>
      rows.flatMap((row) => {
        const cell = (count: number, places: number[]) =>
          makeCell('few-shot', options, {
            row,
            dataset,
            shots: count,
            seed,
            tests: places.map((place) => ({
              section: dataset,
              column: `${place}`,
              dataset,
              classes: 'all' as const,
            })),
          });
        if (!METHODS[row.method].tuned) return [cell(0, shots)];
        return shots.map((count) => cell(count, [count]));
      }),
    ),
  );
  return { protocol: 'few-shot', rows, sections: datasetSections(datasets, columns), cells };
}
