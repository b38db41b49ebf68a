import { AVERAGE, makeCell, methodRows, type Plan, type PlanOptions } from './plan.ts';

const SECTION = 'cross-dataset';

/**
 * Cross-dataset transfer: trained on all classes of the source, tested on it and on every target with
 * the same learned tensors. The average is over all of them, the source included, as in the paper.
 */
export function planCrossDataset(options: PlanOptions): Plan {
  const source = options.source as string;
  const tested = [source, ...options.datasets];
  const rows = methodRows(options.methods);
  const cells = options.seeds.flatMap((seed) =>
    rows.map((row) =>
      makeCell('cross-dataset', options, {
        row,
        dataset: source,
        shots: options.shots[0] as number,
        seed,
        tests: tested.map((dataset) => ({
          section: SECTION,
          column: dataset,
          dataset,
          classes: 'all' as const,
        })),
      }),
    ),
  );
  const columns = [
    ...tested.map((dataset) => ({
      key: dataset,
      title: dataset === source ? `${dataset} (source)` : dataset,
    })),
    { key: AVERAGE, title: 'average', from: { kind: 'mean' as const, columns: tested } },
  ];
  const title = `trained on ${source}`;
  return {
    protocol: 'cross-dataset',
    rows,
    sections: [{ key: SECTION, title, columns }],
    cells,
  };
}
