import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { type DemoReport, demoReportSchema } from '../../../shared/api-demo.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { App } from '../../api/app.ts';
import { runDemo } from '../../api/demo.ts';
import { estimateDemo } from '../../api/demo-estimate.ts';
import { datasetNamed } from '../../models/bundled.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { parseCounts, usageError } from './options.ts';
import { formatDuration } from './progress.ts';
import { formatTable } from './table.ts';

type DemoFlags = CommonOptions & {
  seeds: number[];
  dataset: string;
  out: string;
  fresh?: boolean;
  yes?: boolean;
};

/** `fapt demo`: zero-shot, FAP and CBA-FAPT on the bundled pack. */
export function registerDemo(program: Command): void {
  addCommand(program, 'demo', 'tune, attack, compare and explain on the bundled pack')
    .option('--seeds <list>', 'seeds, as in 1,2,3', parseCounts('--seeds'), [1])
    .option('--dataset <name>', 'a bundled dataset', 'demo-mammals')
    .option('--out <dir>', 'folder of the report', 'demo-report')
    .option('--fresh', 'make every run anew')
    .option('--yes', 'do not ask, however long it takes')
    .action(
      withCli(async (cli, options: DemoFlags) => {
        await cli.withApp({ write: true }, async (app) => {
          await askIfSlow(cli, app, options);
          const { dataset, seeds, fresh = false } = options;
          const report = await runDemo(app, {
            dataset,
            seeds,
            fresh,
            out: cli.resolve(options.out),
          });
          cli.print(describeDemo(report));
          cli.emit(demoReportSchema, report);
        });
      }),
    );
}

/** On WebAssembly the demo takes long: says how long and asks. */
async function askIfSlow(cli: Cli, app: App, { seeds, yes, dataset }: DemoFlags): Promise<void> {
  const bundled = await datasetNamed(app, dataset);
  if ((await app.environment()).backend !== 'wasm') return;
  cli.note("Without TensorFlow's library the demo is slow; timing a few steps to say how slow.");
  const seconds = await estimateDemo(app, bundled, seeds.length);
  const about = formatDuration(1000 * seconds);
  cli.note(`The demo will take about ${about} here.`);
  if (yes) return;
  if (!process.stdin.isTTY) throw usageError('Start it with --yes if that is all right.');
  const dialog = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await dialog.question('Go on? [y/N] ', { signal: cli.interrupt.signal });
    if (!/^y(es)?$/i.test(answer.trim()))
      throw new FaptError('declined', 'The demo was not started.');
  } finally {
    dialog.close();
  }
}

function describeDemo(report: DemoReport): string {
  const cell = ({ mean, std }: { mean: number; std: number | null }) =>
    `${(100 * mean).toFixed(1)} %${std === null ? '' : ` +- ${(100 * std).toFixed(1)}`}`;
  const rows = report.methods.map(({ title, natural, robust }) => [
    title,
    cell(natural),
    cell(robust),
  ]);
  const head = [
    'method',
    `natural accuracy (n = ${report.naturalN})`,
    `robust accuracy (n = ${report.n})`,
  ];
  const spread = report.seeds.length > 1 ? ', mean +- sample standard deviation' : '';
  const lines = [
    formatTable(head, rows, [1, 2]),
    `protocol: ${report.dataset}, ${report.model}, ${report.shots} shots, seed ${report.seeds.join(', ')}${spread}; natural on all test images, robust on the first of each class, balanced, under ${describeAttack(report.attack)}, white box.`,
    "These are demo numbers of a small CLIP on drawn images, not the paper's.",
    ...report.comparisons.map(
      ({ bTitle, aTitle, seed, verdict }) =>
        `\n${bTitle} against ${aTitle}, seed ${seed}: ${verdict}`,
    ),
    `\nreport: ${report.report}`,
    `time ${formatDuration(1000 * report.seconds)}${reused(report)}, peak memory ${(report.peakRssBytes / 1e9).toFixed(2)} GB (application and engine)`,
  ];
  return lines.join('\n');
}

function reused({ reused: runs }: DemoReport): string {
  return runs.length === 0 ? '' : ` (${runs.length} runs were there already)`;
}
