import { type Command, Option } from 'commander';
import { z } from 'zod';
import { runReportSchema } from '../../../shared/api-results.ts';
import {
  CLASS_SETS,
  type ClassSet,
  METHOD_NAMES,
  type MethodName,
} from '../../../shared/run-config.ts';
import { runReport } from '../../api/run-reports.ts';
import { importPrompts } from '../../models/import-prompts.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeRun } from './describe-run.ts';
import { parseCount } from './options.ts';

type Options = CommonOptions & {
  method: MethodName;
  dataset: string;
  model: string;
  shots: number;
  seed: number;
  classes: ClassSet;
};

/** `fapt model import-prompts`: prompts of an official repository as a finished run. */
export function registerImportPrompts(model: Command): void {
  const usage = "make a finished run of an official repository's prompts (model.pth.tar-N)";
  addCommand(model, 'import-prompts <file>', usage)
    .addOption(
      new Option('--method <method>', 'what they were trained with')
        .choices(METHOD_NAMES)
        .makeOptionMandatory(),
    )
    .requiredOption('--dataset <name>', 'the classes they were trained on')
    .requiredOption('--model <name>', 'the CLIP they were trained on')
    .option('--shots <n>', 'images a class they were trained on', parseCount('--shots'), 16)
    .option('--seed <n>', 'the seed they were trained with', parseCount('--seed'), 1)
    .addOption(
      new Option('--classes <set>', 'which of the classes').choices(CLASS_SETS).default('all'),
    )
    .action(
      withCli(async (cli, options: Options, file: string) => {
        const { method, dataset, model: name, shots, seed, classes } = options;
        await cli.withApp({ write: true }, async (app) => {
          const path = cli.resolve(file);
          const asked = { path, method, dataset, model: name, shots, seed, classes };
          const report = runReport(app.db, await importPrompts(app, asked));
          cli.print(describeRun(report));
          cli.print(`Evaluate it with \`fapt eval ${report.id}\`.`);
          cli.emit(z.strictObject({ run: runReportSchema }), { run: report });
        });
      }),
    );
}
