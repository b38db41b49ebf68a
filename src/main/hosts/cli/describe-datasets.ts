import type {
  DatasetsReport,
  SeveralMethods,
  TwoMethods,
} from '../../../shared/api/compare-datasets.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { METHODS } from '../../../shared/method-catalogue.ts';
import { formatTable } from './table.ts';

type Accuracy = DatasetsReport['datasets'][number]['natural'][number];

/** Methods over datasets, as text. */
export function describeDatasets(report: DatasetsReport): string {
  const { attack, datasets, two, several, shots, model, leftOut } = report;
  const titles = report.methods.map((method) => METHODS[method].title);
  const tables = [
    {
      name: 'natural',
      rows: datasets.map(({ dataset, natural }) => ({ dataset, cells: natural })),
    },
    ...(attack
      ? [
          {
            name: `robust (${describeAttack(attack)})`,
            rows: datasets.flatMap(({ dataset, robust }) =>
              robust ? [{ dataset, cells: robust }] : [],
            ),
          },
        ]
      : []),
  ];
  const tests = [
    ...(two ? [twoLines('natural', two.natural), twoLines('robust', two.robust)] : []),
    ...(several
      ? [
          severalLines('natural', several.natural, titles),
          severalLines('robust', several.robust, titles),
        ]
      : []),
  ];
  return [
    `model ${model}${shots === null ? '' : `, ${shots} shots`}`,
    ...tables.flatMap(({ name, rows }) => [name, accuracyTable(titles, rows)]),
    ...tests.flat(),
    ...leftOut.map(({ message }) => `left out: ${message}`),
  ].join('\n');
}

function accuracyTable(titles: string[], rows: { dataset: string; cells: Accuracy[] }[]): string {
  const cell = ({ accuracy, std }: Accuracy) =>
    `${(100 * accuracy).toFixed(1)}${std === null ? '' : ` ± ${(100 * std).toFixed(1)}`}`;
  const seeds = (cells: Accuracy[]) => `${Math.max(...cells.map(({ seeds }) => seeds.length))}`;
  return formatTable(
    ['dataset', 'n', 'seeds', ...titles],
    rows.map(({ dataset, cells }) => [
      dataset,
      `${cells[0]?.n ?? 0}`,
      seeds(cells),
      ...cells.map(cell),
    ]),
    [1, 2, ...titles.map((_, index) => index + 3)],
  );
}

function twoLines(name: string, two: TwoMethods | null): string[] {
  if (!two) return [];
  const { p, n, zeros, method } = two.wilcoxon;
  const rows = two.differences.map(({ dataset, delta, unit, aOnly, bOnly, p, adjusted }) => [
    dataset,
    points(delta),
    `${aOnly}`,
    `${bOnly}`,
    unit,
    p.toPrecision(3),
    adjusted.toPrecision(3),
  ]);
  const head = ['dataset', 'b - a', 'a ahead on', 'b ahead on', 'of', 'p', 'p (Holm)'];
  const equal = zeros > 0 ? `, ${zeros} without a difference` : '';
  return [
    `${name}, second method against the first`,
    formatTable(head, rows, [1, 2, 3, 5, 6]),
    `mean difference ${points(two.meanDelta)} points; Wilcoxon signed-rank over ${n === 1 ? '1 dataset' : `${n} datasets`}${equal}: p = ${p.toPrecision(3)} (${method})`,
  ];
}

function severalLines(name: string, several: SeveralMethods | null, titles: string[]): string[] {
  if (!several) return [`${name}: Friedman's test wants two datasets or more.`];
  const { statistic, degrees, p, ranks, datasets, criticalDifference } = several;
  const order = titles
    .map((title, index) => ({ title, rank: ranks[index] ?? 0 }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ title, rank }) => `${title} ${rank.toFixed(2)}`);
  return [
    `${name}: Friedman over ${datasets} datasets: chi-square ${statistic.toFixed(2)} (${degrees} degrees), p = ${p.toPrecision(3)}`,
    `  average ranks: ${order.join(', ')}`,
    `  Nemenyi: ranks less than ${criticalDifference.toFixed(2)} apart are not told apart (0.05)`,
  ];
}

function points(value: number): string {
  return `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
}
