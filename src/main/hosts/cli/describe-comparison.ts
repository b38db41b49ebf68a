import type { ClassReport, Disagreement } from '../../../shared/api/compare.ts';
import type { CompareDocument, Paired } from '../../../shared/api-results.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { formatShare, formatTable } from './table.ts';

type OverSeeds = Paired['overSeeds']['a'];

/** Everything of a comparison, as text. */
export function describeComparison(report: CompareDocument): string {
  const { natural, robust, attack, attacks, classes, images } = report;
  const lines = [`a = ${report.a}`, `b = ${report.b}`, report.verdict];
  lines.push(...describePaired(`natural (n = ${natural.n})`, natural));
  if (robust && attack) {
    lines.push(...describePaired(`robust (n = ${robust.n}, ${describeAttack(attack)})`, robust));
  }
  if (attacks.length > 1) {
    lines.push('attacks that all met (--under):');
    for (const [index, { attack, n }] of attacks.entries()) {
      lines.push(`  ${index + 1}  ${describeAttack(attack)} (n = ${n})`);
    }
  }
  for (const sentence of [...report.unlike, ...report.leftOut]) lines.push(`caution: ${sentence}`);
  lines.push('settings that differ:');
  for (const { path, a, b } of report.configDifference) {
    lines.push(`  ${path}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`);
  }
  if (classes) lines.push(...describeClasses(classes));
  if (images) lines.push(...describeImages(images));
  return lines.join('\n');
}

function describePaired(name: string, paired: Paired): string[] {
  const { mcnemar, bootstrap, detectable, pairs, overSeeds } = paired;
  const many = pairs.length > 1;
  const test = many ? 'sign test over images' : 'McNemar';
  const right = many ? 'right for more seeds' : 'right only';
  const lines = [
    name,
    `  a ${formatShare(paired.a)}, b ${formatShare(paired.b)}, ${difference(paired)}`,
    `  ${right} in a: ${mcnemar.aOnly}, in b: ${mcnemar.bOnly}; ${test} p = ${mcnemar.p.toPrecision(3)} (exact), mid-p = ${mcnemar.midP.toPrecision(3)}`,
  ];
  if (bootstrap.ci) {
    const { ci, clusters, clustered, resamples, seed, seeds } = bootstrap;
    const units = `${many ? `${seeds} seeds and ` : ''}${clusters} ${clustered ? 'clusters' : 'images'}`;
    lines.push(
      `  interval resampling ${units}: ${interval(ci)} (${resamples} times, seed ${seed})`,
    );
  }
  if (detectable !== null) {
    lines.push(`  this test set could show >= ${(100 * detectable).toFixed(1)} points (power 0.8)`);
  }
  if (!many) return lines;
  lines.push(...describeSeeds('a', overSeeds.a), ...describeSeeds('b', overSeeds.b));
  lines.push(...describeSeeds('b - a', overSeeds.delta));
  const rows = pairs.map((pair) => [
    `${pair.seed}`,
    ...[pair.a, pair.b].flatMap(({ run, accuracy }) => [run, formatShare(accuracy)]),
    points(pair.delta),
    interval(pair.ci),
    pair.mcnemar.p.toPrecision(3),
  ]);
  const head = ['seed', 'a', 'accuracy', 'b', 'accuracy', 'b - a', '95 % interval', 'p'];
  return [...lines, ...indented(formatTable(head, rows, [0, 2, 4, 5, 7]))];
}

function difference({ delta, ci }: Paired): string {
  return `b - a ${points(delta)} points, 95 % interval ${interval(ci)}`;
}

function describeSeeds(name: string, over: OverSeeds): string[] {
  if (!over?.ci || over.std === null) return [];
  const { n, mean, std, ci } = over;
  return [
    `  ${name} over ${n} seeds: ${(100 * mean).toFixed(1)} ± ${(100 * std).toFixed(1)}, 95 % t-interval ${ci.map((end) => (100 * end).toFixed(1)).join(' to ')}`,
  ];
}

function describeClasses({ classNames, natural, robust, pairs }: ClassReport): string[] {
  const cells = (row: ClassReport['natural']['classes'][number] | undefined) =>
    [row?.a, row?.b].map((side) => (side ? formatShare(side.right / side.of) : '-'));
  const rows = natural.classes.map((row) => [
    classNames[row.label] ?? `${row.label}`,
    `${row.a.of}`,
    ...cells(row),
    ...(robust
      ? [
          `${robust.classes.find(({ label }) => label === row.label)?.a.of ?? 0}`,
          ...cells(robust.classes.find(({ label }) => label === row.label)),
        ]
      : []),
  ]);
  const head = [
    'class',
    'n',
    'a',
    'b',
    ...(robust ? ['n attacked', 'a attacked', 'b attacked'] : []),
  ];
  const seeds = pairs > 1 ? `, summed over ${pairs} seeds` : '';
  return [`by class${seeds}:`, ...indented(formatTable(head, rows, [1, 2, 3, 4, 5, 6]))];
}

function describeImages({ classNames, images, total }: Disagreement): string[] {
  const name = (label: number) => classNames[label] ?? `${label}`;
  const side = ({ clean, adversarial }: Disagreement['images'][number]['a']) =>
    adversarial === null ? name(clean) : `${name(clean)} -> ${name(adversarial)}`;
  const rows = images.map(({ id, label, seed, a, b }) => [
    id,
    `${seed}`,
    name(label),
    side(a),
    side(b),
  ]);
  const head = ['image', 'seed', 'class', 'a', 'b'];
  return [`images (${total}):`, ...indented(formatTable(head, rows, [1]))];
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function points(value: number): string {
  return `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
}

function interval([low, high]: readonly [number, number]): string {
  return `${points(low)} to ${points(high)}`;
}
