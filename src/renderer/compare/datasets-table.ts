import type { DatasetsReport } from '../../shared/api/compare-datasets.ts';
import { describeAttack } from '../../shared/attack.ts';
import type { ExportTable } from '../../shared/export-table.ts';
import { METHODS } from '../../shared/method-catalogue.ts';

/** Of two methods: the second minus the first, and its exact test. */
const DIFFERENCE = [
  { key: 'delta', title: 'Difference', kind: 'points' },
  { key: 'p', title: 'Exact p', kind: 'number', digits: 4 },
  { key: 'adjusted', title: 'p, Holm', kind: 'number', digits: 4 },
] as const;

/** Every method on every dataset, as a table that leaves the application. */
export function datasetsTable(report: DatasetsReport, name: 'natural' | 'robust'): ExportTable {
  const { methods, datasets, model, shots, attack } = report;
  const two = report.two?.[name] ?? null;
  const how = name === 'robust' && attack ? describeAttack(attack) : 'no attack';
  const images = datasets.map((row) => `${row.dataset} ${row[name]?.[0]?.n ?? 0}`).join(', ');
  const seeds = Math.max(
    0,
    ...datasets.flatMap((row) => (row[name] ?? []).map((cell) => cell.seeds.length)),
  );
  return {
    name: `datasets-${name}`,
    caption: `${name === 'robust' ? 'Robust' : 'Natural'} accuracy over datasets`,
    protocol: `${how}; ${model}${shots === null ? '' : `, ${shots} shots`}; ${seeds > 1 ? `mean of up to ${seeds} seeds` : 'one seed'}; test images: ${images}.`,
    columns: [
      { key: 'dataset', title: 'Dataset', kind: 'text' },
      ...methods.map((method) => ({
        key: method,
        title: METHODS[method].title,
        kind: 'percent' as const,
      })),
      ...(two ? DIFFERENCE : []),
    ],
    rows: datasets.map((row) => {
      const difference = two?.differences.find(({ dataset }) => dataset === row.dataset);
      return {
        dataset: row.dataset,
        ...Object.fromEntries(
          methods.map((method, index) => [method, measured(row[name]?.[index])]),
        ),
        delta: difference?.delta ?? null,
        p: difference?.p ?? null,
        adjusted: difference?.adjusted ?? null,
      };
    }),
    hidden: [],
  };
}

function measured(cell: DatasetsReport['datasets'][number]['natural'][number] | undefined) {
  return cell ? { mean: cell.accuracy, std: cell.std, n: cell.seeds.length } : null;
}
