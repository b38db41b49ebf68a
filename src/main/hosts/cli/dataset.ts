import type { Command } from 'commander';
import { z } from 'zod';
import { exportSplit } from '../../datasets/export-split.ts';
import { fewShot } from '../../datasets/few-shot.ts';
import { writeWhole } from '../../export/write-whole.ts';
import { datasetNamed } from '../../models/bundled.ts';
import { listDatasets } from '../../store/datasets.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { registerAdd } from './dataset-add.ts';
import { registerCare } from './dataset-care.ts';
import { datasetSchema, documentOf, tellProblems, tellRemedies } from './dataset-document.ts';
import { registerPrompts } from './dataset-prompts.ts';
import { parseCount } from './options.ts';
import { outFile } from './out-path.ts';
import { formatTable } from './table.ts';

/** `fapt dataset add|list|show|sample|export|prompts|check|fix|edit|locate|history`. */
export function registerDataset(program: Command): void {
  const dataset = program.command('dataset').description('the datasets of this workspace');
  registerAdd(dataset);
  registerList(dataset);
  registerShow(dataset);
  registerSample(dataset);
  registerExport(dataset);
  registerPrompts(dataset);
  registerCare(dataset);
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
        if (row.madeSplit) {
          const { seed, ratio } = row.madeSplit;
          cli.print(`The split was made here: ${ratio.join('/')} percent, seed ${seed}.`);
        }
        tellProblems(cli, row.problems);
        tellRemedies(cli, row);
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
        const file = await outFile(cli, options.out);
        await cli.withApp({ write: 'for-bundled' }, async (app) => {
          await writeWhole(file, exportSplit(app.db, await datasetNamed(app, name)));
          cli.print(`Wrote ${file}.`);
          cli.emit(z.strictObject({ file: z.string() }), { file });
        });
      }),
    );
}
