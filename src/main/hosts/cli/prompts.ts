import type { Command } from 'commander';
import { runPromptsSchema } from '../../../shared/api/prompts.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { App } from '../../api/app.ts';
import { inspectRunPrompts } from '../../api/inspect-prompts.ts';
import { nearest as nearestNames } from '../../api/nearest.ts';
import { chooseClasses } from '../../datasets/class-set.ts';
import { ownTarget } from '../../jobs/tuned-model.ts';
import { getDataset } from '../../store/datasets.ts';
import { getRun } from '../../store/runs.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describePrompts } from './describe-prompts.ts';
import { parseCounts, usageError } from './options.ts';

type PromptFlags = CommonOptions & { nearest: number[]; class?: string };

/** `fapt prompts`: what a run's prompts have become. */
export function registerPrompts(program: Command): void {
  addCommand(program, 'prompts <run>', 'nearest words and drift of what a run has learned')
    .option('--nearest <k>', 'vocabulary pieces of each vector', parseCounts('--nearest'), [5])
    .option('--class <name>', 'whose context, where every class has learned its own')
    .action(
      withCli(async (cli, flags: PromptFlags, id: string) => {
        const [count = 5, ...others] = flags.nearest;
        if (others.length > 0 || count > 50) {
          throw usageError('--nearest is one number from 1 to 50.');
        }
        await cli.withApp({ write: false }, async (app) => {
          const context = flags.class === undefined ? 0 : classNamed(app, id, flags.class);
          const report = await inspectRunPrompts(app, id, { nearest: count, context });
          if (flags.class !== undefined && report.contexts === 1) {
            throw usageError(
              `Run ${report.run} learned one context for all classes: leave out --class.`,
            );
          }
          cli.print(describePrompts(report));
          cli.emit(runPromptsSchema, report);
        });
      }),
    );
}

function classNamed({ db }: App, runId: string, name: string): number {
  const { datasetId, classes } = ownTarget(getRun(db, runId));
  const dataset = getDataset(db, datasetId);
  const { labels } = chooseClasses(db, dataset, classes);
  const names = labels.map((label) => dataset.classNames[label] as string);
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new FaptError(
    'class-unknown',
    `${dataset.name} has no class "${name}" in this run; near to it are ${nearestNames(name, names).join(', ')}.`,
  );
}
