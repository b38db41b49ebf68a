import { type Command, Option } from 'commander';
import { z } from 'zod';
import { promptPreviewSchema } from '../../../shared/engine-rpc.ts';
import { METHOD_NAMES, type MethodName } from '../../../shared/run-config.ts';
import { previewDatasetPrompts } from '../../api/preview-prompts.ts';
import { buildConfig } from '../../api/run-settings.ts';
import { datasetNamed, modelNamed } from '../../models/bundled.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { collect } from './options.ts';
import { formatTable } from './table.ts';

const schema = z.strictObject({
  dataset: z.string(),
  model: z.string(),
  method: z.enum(METHOD_NAMES),
  ...promptPreviewSchema.shape,
});

type PromptOptions = CommonOptions & { model: string; method: MethodName; set: string[] };

/** `fapt dataset prompts`: the final text of each class, and whether it fits. */
export function registerPrompts(dataset: Command): void {
  addCommand(dataset, 'prompts <name>', 'the final text of each class and its token count')
    .requiredOption('--model <name>', 'whose tokenizer and text length count')
    .addOption(
      new Option('--method <name>', 'whose prompts; zero-shot shows the hand-written ones')
        .choices(METHOD_NAMES)
        .default('zero-shot'),
    )
    .option('--set <path=value>', 'as in prompts.contextLength=16 (repeatable)', collect, [])
    .action(
      withCli(async (cli, options: PromptOptions, name: string) => {
        const { method, model, set } = options;
        const { prompts } = buildConfig({ options: { method, model, dataset: name }, set });
        await cli.withApp({ write: 'for-bundled' }, async (app) => {
          const row = await datasetNamed(app, name);
          const weights = await modelNamed(app, model);
          const { preview, refusal } = await previewDatasetPrompts(app, row, weights, {
            method,
            prompts,
          });
          const cells = preview.classes.map(({ label, ids, tokens, tooLong }) => [
            `${label}`,
            `${ids.length}${tooLong ? ' !' : ''}`,
            tokens.join(' '),
          ]);
          cli.print(formatTable(['label', 'tokens', 'as the model reads it'], cells, [0, 1]));
          cli.print(`${preview.contextLength} tokens fit, with start and end.`);
          cli.emit(schema, { dataset: row.name, model: weights.name, method, ...preview });
          if (refusal === null) return;
          cli.note(refusal);
          process.exitCode = 1;
        });
      }),
    );
}
