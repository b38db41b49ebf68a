import type { Command } from 'commander';
import {
  type CompareReport,
  compareReportSchema,
  type Paired,
} from '../../../shared/api-results.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { compareRuns } from '../../api/compare.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { formatShare } from './table.ts';

/** `fapt compare`: two runs, image by image. */
export function registerCompare(program: Command): void {
  addCommand(program, 'compare <a> <b>', 'two runs, paired image by image').action(
    withCli(async (cli, _options: CommonOptions, a: string, b: string) => {
      await cli.withApp({ write: false }, async (app) => {
        const report = compareRuns(app.db, a, b);
        cli.print(describeComparison(report));
        cli.emit(compareReportSchema, report);
      });
    }),
  );
}

function describeComparison(report: CompareReport): string {
  const lines = [`a = ${report.a}`, `b = ${report.b}`, report.verdict];
  lines.push(...describePaired(`natural (n = ${report.natural.n})`, report.natural));
  if (report.robust && report.attack) {
    const name = `robust (n = ${report.robust.n}, ${describeAttack(report.attack)})`;
    lines.push(...describePaired(name, report.robust));
  }
  for (const sentence of report.unlike) lines.push(`caution: ${sentence}`);
  lines.push('settings that differ:');
  for (const { path, a, b } of report.configDifference) {
    lines.push(`  ${path}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`);
  }
  return lines.join('\n');
}

function describePaired(name: string, paired: Paired): string[] {
  const points = (value: number) => `${value >= 0 ? '+' : ''}${(100 * value).toFixed(1)}`;
  const { aOnly, bOnly, p, midP } = paired.mcnemar;
  const lines = [
    name,
    `  a ${formatShare(paired.a)}, b ${formatShare(paired.b)}, b - a ${points(paired.delta)} points, 95 % interval ${points(paired.ci[0])} to ${points(paired.ci[1])}`,
    `  right only in a: ${aOnly}, only in b: ${bOnly}; McNemar p = ${p.toPrecision(3)} (exact), mid-p = ${midP.toPrecision(3)}`,
  ];
  if (paired.bootstrap?.ci) {
    const { ci, clusters } = paired.bootstrap;
    lines.push(`  interval resampling ${clusters} clusters: ${points(ci[0])} to ${points(ci[1])}`);
  }
  return lines;
}
