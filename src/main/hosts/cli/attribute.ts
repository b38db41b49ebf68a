import { join } from 'node:path';
import type { Command } from 'commander';
import { explainInputSchema, LONGEST_TEXT } from '../../../shared/api/attribution.ts';
import {
  type AttributionReport,
  attributionReportSchema,
  STABILITY_NUMBERS,
  type StabilityReport,
  stabilityReportSchema,
} from '../../../shared/api-results.ts';
import { describeAttack } from '../../../shared/attack.ts';
import { csvOf } from '../../../shared/csv.ts';
import { say } from '../../../shared/sentence.ts';
import { attributeRun } from '../../api/attribute-run.ts';
import { stabilityReport } from '../../api/stability-report.ts';
import { writeWhole } from '../../export/write-whole.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { parseCount, usageError } from './options.ts';
import { outFolder } from './out-path.ts';
import { formatTable } from './table.ts';

type AttributeOptions = CommonOptions & {
  example?: string;
  class?: string;
  text?: string;
  attackOf?: string;
  step?: number;
  all?: boolean;
  subset?: number;
  curves: boolean;
  out?: string;
};

/** `fapt attribute`: why one image gets its class, clean and attacked, or how far all maps move. */
export function registerAttribute(program: Command): void {
  addCommand(program, 'attribute <run>', 'maps of one test image, or numbers of all of them')
    .option('--example <id>', "the image's path in the split")
    .option('--class <name>', 'class whose text is explained (default: the true one)')
    .option('--text <words>', 'explain words of your own, in the place of a class name')
    .option('--attack-of <run>', 'whose attack made the adversarial image (default: its own)')
    .option(
      '--step <k>',
      'step of the attack, 0 its start (default: its answer)',
      parseCount('--step', 0),
    )
    .option('--all', 'how far the maps of all attacked images move, with intervals')
    .option('--subset <n>', 'with --all: images, balanced over classes', parseCount('--subset'))
    .option('--no-curves', 'with --all: leave out insertion and deletion, which take longest')
    .option('--out <dir>', 'folder for the maps, or with --all for the numbers as CSV')
    .action(
      withCli(async (cli, options: AttributeOptions, id: string) => {
        if ((options.example === undefined) === (options.all === undefined)) {
          throw usageError('attribute needs either --example ID or --all.');
        }
        if (!options.all && (options.subset !== undefined || !options.curves)) {
          throw usageError('--subset and --no-curves belong to --all.');
        }
        refuseMixtures(options);
        if (options.all) await attributeAll(cli, id, options);
        else await attributeOne(cli, id, options.example as string, options);
      }),
    );
}

function refuseMixtures({ all, class: name, text, attackOf, step }: AttributeOptions): void {
  if (name !== undefined && text !== undefined) {
    throw usageError('One text is explained at a time: give --class or --text.');
  }
  if (text !== undefined && (text.trim() === '' || text.length > LONGEST_TEXT)) {
    throw usageError(`--text must be 1 to ${LONGEST_TEXT} characters.`);
  }
  if (!all) return;
  const single = { '--class': name, '--text': text, '--attack-of': attackOf, '--step': step };
  const given = Object.entries(single).find(([, value]) => value !== undefined);
  if (!given) return;
  throw usageError(
    `--all explains the true class of each image under the run's own attack: leave out ${given[0]}.`,
  );
}

async function attributeOne(cli: Cli, id: string, example: string, options: AttributeOptions) {
  const { class: name, text, attackOf = null, step = null, out } = options;
  const target =
    text !== undefined
      ? { by: 'text', text }
      : name !== undefined
        ? { by: 'class', name }
        : { by: 'label' };
  const input = explainInputSchema.parse({
    ...{ run: id, image: { from: 'test', example }, target },
    adversary: { run: attackOf, step },
  });
  const folder = out === undefined ? null : await outFolder(cli, out);
  await cli.withApp({ write: false }, async (app) => {
    const report = await attributeRun(app, input, folder);
    cli.print(describeOne(report));
    for (const file of report.files) cli.print(`wrote ${file}`);
    cli.emit(attributionReportSchema, report);
  });
}

function describeOne(report: AttributionReport): string {
  const { attack, attackedRun, run, step, predicted, drift } = report;
  const whose = attackedRun === run ? '' : `, images made on run ${attackedRun}`;
  const at = step === null ? '' : `, step ${step}`;
  return [
    `${report.id}: "${report.targetText}"`,
    `${describeAttack(attack)}${whose}${at}: ${predicted.clean} when clean, ${predicted.adversarial} when attacked`,
    `drift under attack: image l2 ${drift.imageL2.toPrecision(4)}, words KL ${drift.textKl.toPrecision(4)}`,
  ].join('\n');
}

async function attributeAll(cli: Cli, id: string, { subset, curves, out }: AttributeOptions) {
  const folder = out === undefined ? null : await outFolder(cli, out);
  await cli.withApp({ write: true }, async (app) => {
    const report = await stabilityReport(app, id, { stage: say('stage.maps'), curves, subset });
    cli.print(describeStability(report));
    if (folder !== null) cli.print(`wrote ${await writeRows(folder, report)}`);
    cli.emit(stabilityReportSchema, report);
  });
}

const TITLES: Record<(typeof STABILITY_NUMBERS)[number], string> = {
  imageL2: 'image map, l2 distance',
  imageKl: 'image map, KL(clean || adversarial)',
  imageSpearman: 'image map, rank correlation',
  imageTopIou: 'image map, overlap of the largest tenth',
  textKl: 'token map, KL(clean || adversarial)',
  textSpearman: 'token map, rank correlation',
  insertionClean: 'insertion area, clean',
  insertionAdversarial: 'insertion area, adversarial',
  deletionClean: 'deletion area, clean',
  deletionAdversarial: 'deletion area, adversarial',
};

/** Clean against adversarial maps of the true class; every number with its interval and n. */
function describeStability(report: StabilityReport): string {
  const { attack, bootstrap, numbers, n } = report;
  const cells = STABILITY_NUMBERS.flatMap((name) => {
    const number = numbers[name];
    if (!number) return [];
    const { mean, ci } = number;
    const interval = ci ? `${ci[0].toPrecision(4)} to ${ci[1].toPrecision(4)}` : 'one cluster only';
    return [[TITLES[name], mean.toPrecision(4), interval, `${number.n}`]];
  });
  return [
    `run ${report.run} (${report.method}) on ${report.dataset} with ${report.model}, ${n} images, ${describeAttack(attack)}`,
    formatTable(['number', 'mean', '95 % interval', 'n'], cells, [1, 3]),
    `bootstrap: ${bootstrap.resamples} resamples of ${bootstrap.clusters} ${bootstrap.clusters < n ? 'clusters' : 'images'}, seed ${bootstrap.seed}`,
  ].join('\n');
}

async function writeRows(folder: string, { run, examples }: StabilityReport): Promise<string> {
  const columns = ['id', 'target', ...STABILITY_NUMBERS] as const;
  const rows = examples.map((row) => columns.map((column) => row[column]));
  const file = join(folder, `stability-${run}.csv`);
  await writeWhole(file, csvOf([...columns], rows));
  return file;
}
