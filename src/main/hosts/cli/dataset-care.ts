import { type Command, Option } from 'commander';
import { z } from 'zod';
import { REMEDY_NAMES, type RemedyName } from '../../../shared/dataset-care.ts';
import { checkDataset } from '../../datasets/check-dataset.ts';
import { editDataset } from '../../datasets/edit-dataset.ts';
import { fixDataset } from '../../datasets/fix-dataset.ts';
import { locateDataset } from '../../datasets/locate-dataset.ts';
import { REMEDIES } from '../../datasets/remedies.ts';
import { datasetNamed } from '../../models/bundled.ts';
import { listChanges } from '../../store/dataset-changes.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { datasetSchema, documentOf, tellProblems, tellRemedies } from './dataset-document.ts';
import { collect, parseName, usageError } from './options.ts';

/** `fapt dataset check|fix|edit|locate|history`. */
export function registerCare(dataset: Command): void {
  registerCheck(dataset);
  registerFix(dataset);
  registerEdit(dataset);
  registerLocate(dataset);
  registerHistory(dataset);
}

const progressOf =
  (cli: Cli, stage: string) =>
  (done: number, total: number): void =>
    cli.progress.update({ stage, done, total });

function registerCheck(dataset: Command): void {
  addCommand(dataset, 'check <name>', 'read listed pictures, and look for leaks and look-alikes')
    .option('--again', 'read every picture once more, to find what changed since')
    .action(
      withCli(async (cli, options: CommonOptions & { again?: boolean }, name: string) => {
        await cli.withApp({ write: true }, async (app) => {
          const row = await checkDataset(app.db, await datasetNamed(app, name), {
            again: options.again,
            signal: app.signal,
            onProgress: progressOf(cli, 'read images'),
          });
          cli.print(`Checked dataset "${row.name}": ${row.problems.length} things to know.`);
          tellProblems(cli, row.problems);
          tellRemedies(cli, row);
          cli.emit(datasetSchema, documentOf(row));
        });
      }),
    );
}

function registerFix(dataset: Command): void {
  const list = REMEDY_NAMES.map((name) => `  ${name}  ${REMEDIES[name].does}`).join('\n');
  addCommand(dataset, 'fix <name>', 'do away with a kind of problem; files stay untouched')
    .addOption(
      new Option('--remedy <kind>', 'what to do').choices(REMEDY_NAMES).makeOptionMandatory(),
    )
    .option(
      '--as <name>',
      'change a copy of this name: needed where runs are about the dataset',
      parseName('--as'),
    )
    .addHelpText('after', `\nRemedies:\n${list}`)
    .action(
      withCli(
        async (cli, options: CommonOptions & { remedy: RemedyName; as?: string }, name: string) => {
          await cli.withApp({ write: true }, async (app) => {
            const { remedy, as } = options;
            const row = await datasetNamed(app, name);
            const fixed = await fixDataset(app.db, row, { remedy, as, signal: app.signal });
            cli.print(listChanges(app.db, fixed.id).at(-1)?.message ?? '');
            cli.emit(datasetSchema, documentOf(fixed));
          });
        },
      ),
    );
}

function registerEdit(dataset: Command): void {
  addCommand(dataset, 'edit <name>', 'another template or other class names')
    .option('--template <text>', 'hand-written prompt with one {} for the class name')
    .option('--rename <old=new>', 'a class name; #3=new by its label (repeatable)', collect, [])
    .option(
      '--as <name>',
      'change a copy of this name: needed where runs are about the dataset',
      parseName('--as'),
    )
    .action(
      withCli(
        async (
          cli,
          options: CommonOptions & { template?: string; rename: string[]; as?: string },
          name: string,
        ) => {
          const { template, as } = options;
          const rename = new Map(options.rename.map(parseRename));
          await cli.withApp({ write: true }, async (app) => {
            const row = editDataset(app.db, await datasetNamed(app, name), {
              template,
              rename,
              as,
            });
            cli.print(`${row.name}: template "${row.template}"`);
            cli.print(`${row.classNames.length} classes: ${row.classNames.join(', ')}`);
            tellProblems(cli, row.problems);
            cli.emit(datasetSchema, documentOf(row));
          });
        },
      ),
    );
}

function parseRename(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw usageError(`--rename must be OLD=NEW, not "${text}".`);
}

function registerLocate(dataset: Command): void {
  addCommand(dataset, 'locate <name> <folder>', 'tell where the pictures are after a move').action(
    withCli(async (cli, _options: CommonOptions, name: string, folder: string) => {
      await cli.withApp({ write: true }, async (app) => {
        const row = await datasetNamed(app, name);
        const found = await locateDataset(app.db, row, cli.resolve(folder), {
          signal: app.signal,
          onProgress: progressOf(cli, 'look for images'),
        });
        cli.print(`The pictures of "${found.name}" are in ${found.imageRoot}.`);
        cli.emit(datasetSchema, documentOf(found));
      });
    }),
  );
}

function registerHistory(dataset: Command): void {
  const schema = z.strictObject({
    changes: z.array(
      z.strictObject({
        kind: z.string(),
        message: z.string(),
        detail: z.unknown(),
        hashBefore: z.string(),
        hashAfter: z.string(),
        createdAt: z.number(),
      }),
    ),
  });
  addCommand(dataset, 'history <name>', 'what was done to a dataset since its import').action(
    withCli(async (cli, _options: CommonOptions, name: string) => {
      await cli.withApp({ write: 'for-bundled' }, async (app) => {
        const changes = listChanges(app.db, (await datasetNamed(app, name)).id);
        for (const { createdAt, message } of changes) {
          cli.print(`${new Date(createdAt).toISOString()}  ${message}`);
        }
        if (changes.length === 0) cli.print('Nothing was changed since the import.');
        cli.emit(schema, { changes });
      });
    }),
  );
}
