import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { runDocumentSchema } from '../../../shared/api-results.ts';
import { METHOD_NAMES, type MethodName } from '../../../shared/run-config.ts';
import { attackOf, createQueuedRun, NATURAL } from '../../api/create-run.ts';
import { runDocument } from '../../api/run-document.ts';
import { buildConfig } from '../../api/run-settings.ts';
import { startRun } from '../../jobs/finish-run.ts';
import { type AttackFlags, addAttackOptions, attackOptionsOf } from './attack-options.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeRun } from './describe-run.ts';
import { collect, parseCount, usageError } from './options.ts';

type RunOptions = CommonOptions &
  AttackFlags & {
    config?: string;
    method?: MethodName;
    dataset?: string;
    model?: string;
    shots?: number;
    seed?: number;
    set: string[];
    eval: boolean;
    strict?: boolean;
  };

/** `fapt run`: trains, then measures natural and robust accuracy. */
export function registerRun(program: Command): void {
  const command = addCommand(program, 'run', 'train a method and evaluate it')
    .option('--config <file>', 'settings as JSON; options below win over it')
    .addOption(new Option('--method <name>', 'method').choices(METHOD_NAMES))
    .option('--dataset <name>', 'dataset of the workspace, or demo-mammals and so on')
    .option('--model <name>', 'model of the workspace, or demo-clip')
    .option('--shots <k>', 'training images a class (default: 16)', parseCount('--shots'))
    .option('--seed <s>', 'seed (default: 1)', parseCount('--seed'))
    .option('--set <path=value>', 'one setting, as in loss.alpha=3 (repeatable)', collect, [])
    .option('--no-eval', 'train only')
    .option('--strict', 'missing images and unreadable pictures are errors');
  addAttackOptions(command).action(
    withCli(async (cli, options: RunOptions) => {
      const config = buildConfig({
        file: options.config === undefined ? undefined : await readConfig(cli, options.config),
        options: {
          method: options.method,
          dataset: options.dataset,
          model: options.model,
          shots: options.shots,
          seed: options.seed,
        },
        set: options.set,
      });
      const attack = attackOf(config, attackOptionsOf(options));
      const wanted = attack.name === 'none' ? [attack] : [NATURAL, attack];
      const evaluations = options.eval ? wanted.map((one) => ({ attack: one })) : [];
      await cli.withApp({ write: true }, async (app) => {
        const strict = options.strict ?? false;
        const run = await createQueuedRun(app, { config, evaluations, strict });
        cli.note(`run ${run.id}`);
        await startRun(app, run);
        const document = runDocument(app.db, run.id);
        cli.print(describeRun(document.run));
        cli.emit(runDocumentSchema, document);
      });
    }),
  );
}

async function readConfig(cli: Cli, file: string): Promise<unknown> {
  const path = cli.resolve(file);
  const text = await readFile(path, 'utf8').catch(() => {
    throw usageError(`The config file ${path} cannot be read: check the path.`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(`The config file ${path} is not valid JSON (${(error as Error).message}).`);
  }
}
