import type { ProtocolName } from '../../shared/api-protocol.ts';
import {
  type Column,
  datasetSections,
  makeCell,
  methodRows,
  type Plan,
  type PlanOptions,
  type Row,
} from './plan.ts';

const COLUMNS: Column[] = [
  { key: 'base', title: 'base' },
  { key: 'new', title: 'new' },
  { key: 'harmonic', title: 'harmonic mean', from: { kind: 'harmonic', columns: ['base', 'new'] } },
];

/** Base-to-new: trained on the base half of the classes, tested on each half among its own classes. */
export function planBaseToNew(options: PlanOptions): Plan {
  const rows = methodRows(options.methods).map((row) => ({ row }));
  return planHalves('base-to-new', options, rows);
}

/** The halves for any rows; the settings of a row win over every other. */
export function planHalves(
  protocol: ProtocolName,
  options: PlanOptions,
  rows: { row: Row; settings?: string[] }[],
): Plan {
  const { datasets, seeds } = options;
  const shots = options.shots[0] as number;
  const cells = seeds.flatMap((seed) =>
    datasets.flatMap((dataset) =>
      rows.map(({ row, settings }) =>
        makeCell(protocol, options, {
          row,
          dataset,
          shots,
          seed,
          settings,
          classes: 'base',
          tests: (['base', 'new'] as const).map((classes) => ({
            section: dataset,
            column: classes,
            dataset,
            classes,
          })),
        }),
      ),
    ),
  );
  return {
    protocol,
    rows: rows.map(({ row }) => row),
    sections: datasetSections(datasets, COLUMNS),
    cells,
  };
}
