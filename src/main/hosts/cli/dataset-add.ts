import { type Command, Option } from 'commander';
import { z } from 'zod';
import { DATASET_FORMATS } from '../../../shared/dataset-formats.ts';
import { say } from '../../../shared/sentence.ts';
import { addDataset } from '../../datasets/add-dataset.ts';
import { DEFAULT_SPLIT } from '../../datasets/make-split.ts';
import { PRESETS, presetNamed } from '../../datasets/presets.ts';
import type { MadeSplit } from '../../store/datasets.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { countsSchema, problemsSchema, tellProblems, tellRemedies } from './dataset-document.ts';
import { parseCount, parseName, usageError } from './options.ts';

const reportSchema = z.strictObject({
  name: z.string().optional(),
  format: z.string(),
  classes: z.array(z.string()),
  counts: countsSchema,
  problems: problemsSchema,
  skipped: z.array(z.string()),
});

type AddOptions = CommonOptions & {
  name?: string;
  images?: string;
  format: string;
  preset?: string;
  splitSeed: number;
  splitRatio: MadeSplit['ratio'];
  keepEmpty?: boolean;
  read?: 'now' | 'later';
  dryRun?: boolean;
  strict?: boolean;
};

/** `fapt dataset add`. */
export function registerAdd(dataset: Command): void {
  addCommand(
    dataset,
    'add <path>',
    'import a split file, a folder of class folders, a CSV or a zip',
  )
    .option('--name <name>', "default: the file's or folder's name", parseName('--name'))
    .option('--images <dir>', "folder the split's paths start from")
    .addOption(
      new Option('--format <format>', 'layout of the source')
        .choices(DATASET_FORMATS)
        .default('auto'),
    )
    .option('--preset <name>', 'a published dataset, under its own rules', parsePreset)
    .option('--split-seed <s>', 'seed of a split that is made here', parseCount('--split-seed'), 1)
    .addOption(
      new Option('--split-ratio <train/val/test>', 'its parts in percent of each class')
        .argParser(parseRatio)
        .default(DEFAULT_SPLIT.ratio, DEFAULT_SPLIT.ratio.join('/')),
    )
    .addOption(
      new Option(
        '--read <when>',
        'read pictures now, or only list them (default: by their number)',
      ).choices(['now', 'later']),
    )
    .option('--keep-empty', 'class folders without pictures stay classes')
    .option('--dry-run', 'only report what would be imported')
    .option('--strict', 'unreadable pictures and empty classes are errors')
    .action(
      withCli(async (cli, options: AddOptions, path: string) => {
        const wanted = {
          path: cli.resolve(path),
          name: options.name,
          images: options.images && cli.resolve(options.images),
          format: options.preset ?? options.format,
          split: { seed: options.splitSeed, ratio: options.splitRatio },
          keepEmpty: options.keepEmpty,
          read: options.read && options.read === 'now',
          dryRun: options.dryRun,
          strict: options.strict,
          signal: cli.interrupt.signal,
          onProgress: (done: number, total: number) =>
            cli.progress.update({ stage: say('stage.read-images'), done, total }),
        };
        if (options.dryRun) return showReport(cli, await addDataset(null, wanted));
        await cli.withApp({ write: true }, async (app) =>
          showReport(cli, await addDataset(app.db, wanted)),
        );
      }),
    );
}

function showReport(
  cli: Cli,
  { dataset, ...report }: Awaited<ReturnType<typeof addDataset>>,
): void {
  const { format, classes, counts, problems, skipped } = report;
  const { train, val, test } = counts;
  const what = dataset ? `Added dataset "${dataset.name}"` : 'Would add';
  cli.print(
    `${what} (${format}): ${classes.length} classes, ${train} train, ${val} val, ${test} test images.`,
  );
  tellProblems(cli, problems);
  if (dataset) tellRemedies(cli, dataset);
  if (skipped.length > 0) cli.note(`Left out: ${skipped.length} files.`);
  cli.emit(reportSchema, { name: dataset?.name, format, classes, counts, problems, skipped });
}

function parsePreset(text: string): string {
  const preset = presetNamed(text);
  if (preset !== null) return preset.name;
  const known = PRESETS.map(({ name }) => name).join(', ');
  throw usageError(`There is no preset "${text}": the presets are ${known}.`);
}

function parseRatio(text: string): MadeSplit['ratio'] {
  const parts = text.split('/').map(Number);
  const [train = Number.NaN, val = Number.NaN, test = Number.NaN] = parts;
  const isValid = parts.length === 3 && parts.every((part) => Number.isFinite(part) && part >= 0);
  if (isValid && train > 0) return [train, val, test];
  throw usageError(
    `--split-ratio must be three numbers such as 50/20/30, the first above 0, not "${text}".`,
  );
}
