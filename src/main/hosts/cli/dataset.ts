import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { addDataset } from '../../datasets/add-dataset.ts';
import { exportSplit } from '../../datasets/export-split.ts';
import { fewShot } from '../../datasets/few-shot.ts';
import { datasetNamed } from '../../models/bundled.ts';
import { type DatasetRow, listDatasets } from '../../store/datasets.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { parseCount } from './options.ts';
import { formatTable } from './table.ts';

const counts = z.strictObject({ train: z.int(), val: z.int(), test: z.int() });
const problems = z.array(
  z.strictObject({ file: z.string(), kind: z.string(), message: z.string() }),
);
const reportSchema = z.strictObject({
  name: z.string().optional(),
  format: z.string(),
  classes: z.array(z.string()),
  counts,
  problems,
  skipped: z.array(z.string()),
});
const datasetSchema = z.strictObject({
  name: z.string(),
  format: z.string(),
  source: z.string(),
  imageRoot: z.string(),
  classNames: z.array(z.string()),
  template: z.string(),
  splitHash: z.string(),
  counts,
  clustered: z.boolean(),
  demo: z.boolean(),
  problems,
  skipped: z.array(z.string()),
});

type AddOptions = CommonOptions & {
  name?: string;
  images?: string;
  format: 'auto' | 'coop' | 'folders' | 'csv';
  dryRun?: boolean;
  strict?: boolean;
};

/** `fapt dataset add|list|show|sample|export`. */
export function registerDataset(program: Command): void {
  const dataset = program.command('dataset').description('the datasets of this workspace');
  registerAdd(dataset);
  registerList(dataset);
  registerShow(dataset);
  registerSample(dataset);
  registerExport(dataset);
}

function registerAdd(dataset: Command): void {
  addCommand(dataset, 'add <path>', 'import a split file or a folder of images')
    .option('--name <name>', "default: the file's or folder's name")
    .option('--images <dir>', "folder the split's paths start from")
    .addOption(
      new Option('--format <format>', 'layout of the split')
        .choices(['auto', 'coop', 'folders', 'csv'])
        .default('auto'),
    )
    .option('--dry-run', 'only report what would be imported')
    .option('--strict', 'unreadable pictures and empty classes are errors')
    .action(
      withCli(async (cli, options: AddOptions, path: string) => {
        const wanted = {
          path: cli.resolve(path),
          name: options.name,
          images: options.images && cli.resolve(options.images),
          format: options.format,
          dryRun: options.dryRun,
          strict: options.strict,
          signal: cli.interrupt.signal,
          onProgress: (done: number, total: number) =>
            cli.progress.update({ stage: 'read images', done, total }),
        };
        if (options.dryRun) return showReport(cli, await addDataset(null, wanted));
        await cli.withApp({ write: true }, async (app) =>
          showReport(cli, await addDataset(app.db, wanted)),
        );
      }),
    );
}

type AddReport = Awaited<ReturnType<typeof addDataset>>;

function showReport(cli: Cli, { dataset, ...report }: AddReport): void {
  const { train, val, test } = report.counts;
  const what = dataset ? `Added dataset "${dataset.name}"` : 'Would add';
  cli.print(
    `${what} (${report.format}): ${report.classes.length} classes, ${train} train, ${val} val, ${test} test images.`,
  );
  for (const { file, kind, message } of report.problems)
    cli.note(`Warning (${kind}): ${file}: ${message}`);
  if (report.skipped.length > 0)
    cli.note(`Left out, not readable as pictures: ${report.skipped.length} files.`);
  const { format, classes, counts, problems, skipped } = report;
  cli.emit(reportSchema, { name: dataset?.name, format, classes, counts, problems, skipped });
}

function registerList(dataset: Command): void {
  addCommand(dataset, 'list', 'the datasets of this workspace').action(
    withCli(async (cli) => {
      await cli.withApp({ write: false }, async (app) => {
        const rows = listDatasets(app.db);
        const cells = rows.map(({ name, classNames, counts }) => [
          name,
          `${classNames.length}`,
          `${counts.train}`,
          `${counts.val}`,
          `${counts.test}`,
        ]);
        cli.print(formatTable(['name', 'classes', 'train', 'val', 'test'], cells, [1, 2, 3, 4]));
        const schema = z.strictObject({ datasets: z.array(datasetSchema) });
        cli.emit(schema, { datasets: rows.map(documentOf) });
      });
    }),
  );
}

function registerShow(dataset: Command): void {
  addCommand(dataset, 'show <name>', 'classes, template, counts and problems').action(
    withCli(async (cli, _options: CommonOptions, name: string) => {
      await cli.withApp({ write: 'for-bundled' }, async (app) => {
        const row = await datasetNamed(app, name);
        const { train, val, test } = row.counts;
        cli.print(`${row.name} (${row.format}), images in ${row.imageRoot}`);
        cli.print(`${train} train, ${val} val, ${test} test images; template "${row.template}"`);
        if (row.demo) cli.print('Part of the demo: its numbers are not those of the paper.');
        if (row.clustered) cli.print('Images come in clusters and are not independent.');
        cli.print(`${row.classNames.length} classes: ${row.classNames.join(', ')}`);
        for (const { file, message } of row.problems) cli.print(`problem: ${file}: ${message}`);
        cli.emit(datasetSchema, documentOf(row));
      });
    }),
  );
}

function registerSample(dataset: Command): void {
  const schema = z.strictObject({ shots: z.int(), seed: z.int(), images: z.array(z.string()) });
  addCommand(dataset, 'sample <name>', 'the few-shot images of a seed, in the order drawn')
    .requiredOption('--shots <k>', 'images a class', parseCount('--shots'))
    .requiredOption('--seed <s>', 'seed', parseCount('--seed'))
    .action(
      withCli(
        async (cli, options: CommonOptions & { shots: number; seed: number }, name: string) => {
          const { shots, seed } = options;
          await cli.withApp({ write: 'for-bundled' }, async (app) => {
            const { images } = fewShot(app.db, await datasetNamed(app, name), shots, seed);
            cli.print(images.join('\n'));
            cli.emit(schema, { shots, seed, images });
          });
        },
      ),
    );
}

function registerExport(dataset: Command): void {
  addCommand(dataset, 'export <name>', 'write the split as a CoOp JSON file')
    .requiredOption('--out <file>', 'where to')
    .action(
      withCli(async (cli, options: CommonOptions & { out: string }, name: string) => {
        const file = cli.resolve(options.out);
        await cli.withApp({ write: 'for-bundled' }, async (app) => {
          await writeFile(file, exportSplit(app.db, await datasetNamed(app, name)));
          cli.print(`Wrote ${file}.`);
          cli.emit(z.strictObject({ file: z.string() }), { file });
        });
      }),
    );
}

function documentOf(row: DatasetRow): z.infer<typeof datasetSchema> {
  const { id: _, createdAt: __, description: ___, licence: ____, ...document } = row;
  return document;
}
