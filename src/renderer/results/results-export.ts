import type { ResultsReport, ResultsTable } from '../../shared/api/results.ts';
import { describeAttack } from '../../shared/attack.ts';
import type { ExportCell, ExportColumn, ExportTable } from '../../shared/export-table.ts';
import { columnTitle } from './table-text.ts';
import { unlikeSentence } from './unlike-text.ts';

type Measure = 'natural' | 'robust';
type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A table of one accuracy as it leaves the application: ours, the paper's and the difference. */
export function resultsExport(
  report: ResultsReport,
  table: ResultsTable,
  measure: Measure,
  t: Translate,
): ExportTable {
  const has = (column: number, what: 'paper' | 'difference') =>
    table.rows.some(({ cells }) => cells[column]?.[measure][what] !== null);
  const columns = table.columns.flatMap((column, index): ExportColumn[] => {
    const { key } = column;
    const title = columnTitle(column, t);
    const paper = t('results.paper');
    return [
      { key, title, kind: 'percent', best: 'highest' },
      ...(has(index, 'paper')
        ? [
            {
              key: `${key} paper`,
              title: `${title}, ${paper}`,
              kind: 'percent',
              digits: 2,
              best: 'highest',
            } as const,
          ]
        : []),
      ...(has(index, 'difference')
        ? [
            {
              key: `${key} difference`,
              title: `${title}, ${t('results.difference')}`,
              kind: 'points',
            } as const,
          ]
        : []),
    ];
  });
  return {
    name: `${report.view.protocol}-${table.key === 'paper' ? table.name : table.key}-${measure}`,
    caption: `${t(`results.protocols.${report.view.protocol}`)}, ${t(`results.measures.${measure}`)}`,
    protocol: protocolSentence(report, measure, t),
    columns: [{ key: 'method', title: t('results.method'), kind: 'text' }, ...columns],
    rows: table.rows.map((row) => {
      const cells = row.cells.flatMap((cell): [string, ExportCell][] => {
        const { ours, paper, difference } = cell[measure];
        return [
          [cell.column, ours && { mean: ours.mean, std: ours.std, n: ours.n }],
          [`${cell.column} paper`, paper],
          [`${cell.column} difference`, difference],
        ];
      });
      return { method: row.title, ...Object.fromEntries(cells) };
    }),
    hidden: [],
  };
}

/** What stands behind the numbers, in one sentence. */
export function protocolSentence(
  { facts, paper, unlike }: ResultsReport,
  measure: Measure,
  t: Translate,
): string {
  const parts: string[] = [];
  if (facts) {
    const { attack, model, seeds, settings } = facts;
    const images =
      attack.subset === null ? 'all test images' : `a balanced ${attack.subset} of each test set`;
    parts.push(
      measure === 'natural'
        ? 'All test images, no attack'
        : `${describeAttack(attack)}, on ${images}`,
      `model ${model}`,
      `mean and sample standard deviation over seeds ${seeds.join(', ')}`,
      ...settings,
    );
    if (facts.demo) parts.push('demo numbers, which are not the paper\u2019s');
  }
  if (paper?.printed) {
    parts.push(`paper: ${paper.source} (${paper.setup})`);
    const unlikes = unlike[measure].map((one) => unlikeSentence(one, t));
    if (unlikes.length > 0) parts.push(`not comparable: ${unlikes.join('; ')}`);
  }
  return `${parts.join('; ')}.`;
}
