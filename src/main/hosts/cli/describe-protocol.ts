import type {
  Measured,
  ProtocolFacts,
  ProtocolPlanReport,
  ProtocolReport,
  ProtocolTable,
} from '../../../shared/api-protocol.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { formatDuration } from './progress.ts';
import { formatTable } from './table.ts';

type TableCell = ProtocolTable['rows'][number]['cells'][number];

/** The runs of a protocol that are there and that are not, and what the others will cost. */
export function describeProtocolPlan(report: ProtocolPlanReport): string {
  const rows = report.runs.map(({ title, state, stepsLeft, evaluationsLeft, seconds, run }) => [
    title,
    state,
    run ?? '-',
    `${stepsLeft}`,
    `${evaluationsLeft}`,
    state === 'finished' ? '-' : formatDuration(1000 * seconds),
  ]);
  const head = ['run', 'state', 'id', 'steps left', 'evaluations left', 'about'];
  const { finished, partial, missing } = report.counts;
  const { seconds, diskBytes } = report.estimate;
  return [
    formatTable(head, rows, [3, 4, 5]),
    '',
    `${rows.length === 1 ? '1 run' : `${rows.length} runs`}: ${finished} finished, ${partial} partly there, ${missing} missing.`,
    `About ${formatDuration(1000 * seconds)} on this machine, and ${formatBytes(diskBytes)} of kept perturbations. Nothing was stored.`,
    ...describeFacts(report),
  ].join('\n');
}

/** A protocol's tables with everything that must be said of their numbers. */
export function describeProtocol(report: ProtocolReport): string {
  return [
    ...report.tables.flatMap((table) => [
      table.title,
      describeTable(table),
      ...describeImages(table),
      '',
    ]),
    ...describeSpread(report),
    ...describeFacts(report),
    ...describePaper(report),
    ...describeMissing(report),
  ].join('\n');
}

/** Two lines a row, natural and robust; the paper's below each where it prints any. */
function describeTable({ columns, rows }: ProtocolTable): string {
  const lines = rows.flatMap(({ title, cells }) =>
    (['natural', 'robust'] as const).flatMap((measure, index) => {
      const ours = cells.map((cell) => formatMeasured(cell[measure]));
      const paper = cells.map((cell) => formatPercent(cell.paper[measure], 2));
      const line = [index === 0 ? title : '', measure, ...ours];
      const isPrinted = (cell: TableCell) => cell.paper[measure] !== null;
      return cells.some(isPrinted) ? [line, ['', '  paper', ...paper]] : [line];
    }),
  );
  const head = ['method', 'accuracy, %', ...columns.map(({ title }) => title)];
  return formatTable(
    head,
    lines,
    columns.map((_, index) => index + 2),
  );
}

/** How many test images stand behind the numbers of each column, natural and robust. */
function describeImages({ columns, rows }: ProtocolTable): string[] {
  const counts = columns.flatMap(({ key, title }) => {
    const images = (measure: 'natural' | 'robust') =>
      rows
        .flatMap(({ cells }) => cells.filter(({ column }) => column === key))
        .map((cell) => cell[measure]?.images)
        .find((count) => count != null);
    const [natural, robust] = [images('natural'), images('robust')];
    return natural == null && robust == null ? [] : [`${title} ${natural ?? '-'}/${robust ?? '-'}`];
  });
  return counts.length === 0 ? [] : [`test images, natural/robust: ${counts.join(', ')}`];
}

/** The paper prints two decimals. */
function formatPercent(share: number | null, decimals = 1): string {
  return share === null ? '-' : (100 * share).toFixed(decimals);
}

/** `62.5 +- 1.2 (3)`: mean, deviation, seeds; one seed stands alone. */
function formatMeasured(measured: Measured | null): string {
  if (measured?.std == null) return formatPercent(measured?.mean ?? null);
  return `${formatPercent(measured.mean)} +- ${formatPercent(measured.std)} (${measured.n})`;
}

function describeSpread({ seeds }: ProtocolReport): string[] {
  if (seeds.length < 2) return [];
  return ['mean +- sample standard deviation (number of seeds)'];
}

function describeFacts(facts: ProtocolFacts): string[] {
  const { protocol, preset, model, source, datasets, shots, seeds, attack } = facts;
  const where = source === null ? datasets.join(', ') : `${source} to ${datasets.join(', ')}`;
  const images =
    attack.subset === null
      ? 'all test images'
      : `the first test images of each class, balanced, at most ${attack.subset} a test set`;
  const lines = [
    `protocol: ${protocol}${preset ? `, preset ${preset}` : ''}, ${where}, model ${model}, ${shots.join(', ')} ${shots.join() === '1' ? 'shot' : 'shots'}, seed ${seeds.join(', ')}`,
    `natural accuracy on all test images; robust accuracy on ${images}, under ${describeAttack(attack)}, white box`,
  ];
  if (facts.settings.length > 0) lines.push(`settings: ${facts.settings.join('; ')}`);
  return [...lines, ...facts.cautions];
}

function describePaper({ paper }: ProtocolReport): string[] {
  return paper ? [`paper: ${paper.source}: ${paper.setup}`] : [];
}

function describeMissing({ missing }: ProtocolReport): string[] {
  return missing.length === 0 ? [] : ['', 'missing:', ...missing.map((name) => `  ${name}`)];
}

function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
