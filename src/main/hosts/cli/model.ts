import type { Command } from 'commander';
import { z } from 'zod';
import { modelReportSchema } from '../../../shared/engine-contract.ts';
import { modelNamed } from '../../models/bundled.ts';
import { registerModel as registerWeights } from '../../models/register-model.ts';
import { listModels, type ModelRow } from '../../store/models.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { formatTable } from './table.ts';

const modelDocument = z.strictObject({
  name: z.string(),
  path: z.string(),
  layout: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  bundled: z.boolean(),
  report: modelReportSchema,
});

const documentOf = ({ id: _, createdAt: __, ...model }: ModelRow) => model;

/** `fapt model add|list|show|tokens`. */
export function registerModel(program: Command): void {
  const model = program.command('model').description('the CLIP weights of this workspace');
  addModel(model);
  addList(model);
  addShow(model);
  addTokens(model);
}

function addModel(model: Command): void {
  addCommand(model, 'add <path>', 'register a Hugging Face CLIP folder or a safetensors file')
    .option('--name <name>', "default: the folder's or file's name")
    .action(
      withCli(async (cli, options: CommonOptions & { name?: string }, path: string) => {
        await cli.withApp({ write: true }, async (app) => {
          const row = await registerWeights(app, { path: cli.resolve(path), name: options.name });
          cli.print(`Added model "${row.name}" (${row.path}).`);
          cli.print(describeModel(row));
          cli.emit(modelDocument, documentOf(row));
        });
      }),
    );
}

function addList(model: Command): void {
  addCommand(model, 'list', 'the models of this workspace').action(
    withCli(async (cli) => {
      await cli.withApp({ write: false }, async (app) => {
        const rows = listModels(app.db);
        const cells = rows.map(({ name, layout, sizeBytes, path }) => [
          name,
          layout,
          `${(sizeBytes / 1e6).toFixed(1)} MB`,
          path,
        ]);
        cli.print(formatTable(['name', 'layout', 'weights', 'path'], cells, [2]));
        cli.emit(z.strictObject({ models: z.array(modelDocument) }), {
          models: rows.map(documentOf),
        });
      });
    }),
  );
}

function addShow(model: Command): void {
  addCommand(model, 'show <name>', "a model's shapes, tokenizer and hash").action(
    withCli(async (cli, _options: CommonOptions, name: string) => {
      await cli.withApp({ write: 'for-bundled' }, async (app) => {
        const row = await modelNamed(app, name);
        cli.print(`${row.name}  ${row.path}\nsha256 ${row.sha256}`);
        cli.print(describeModel(row));
        cli.emit(modelDocument, documentOf(row));
      });
    }),
  );
}

function addTokens(model: Command): void {
  const schema = z.strictObject({
    model: z.string(),
    contextLength: z.int(),
    texts: z.array(
      z.strictObject({ text: z.string(), ids: z.array(z.int()), tokens: z.array(z.string()) }),
    ),
  });
  addCommand(model, 'tokens <name> <text...>', 'how a model reads each text').action(
    withCli(async (cli, _options: CommonOptions, name: string, texts: string[]) => {
      await cli.withApp({ write: 'for-bundled' }, async (app) => {
        const row = await modelNamed(app, name);
        const read = [];
        for (const text of texts) {
          read.push({ text, ...(await app.engine().tokenizeText({ path: row.path }, text)) });
        }
        const { contextLength } = row.report;
        for (const { text, tokens, ids } of read) {
          cli.print(`"${text}": ${ids.length} of ${contextLength} positions`);
          cli.print(
            formatTable(
              ['id', 'token'],
              ids.map((id, i) => [`${id}`, tokens[i] ?? '']),
              [0],
            ),
          );
        }
        cli.emit(schema, { model: row.name, contextLength, texts: read });
      });
    }),
  );
}

function describeModel({ report }: ModelRow): string {
  const lines = [
    `image tower  ${report.imageSize} px, patch ${report.patchSize}, width ${report.imageWidth}, ${report.imageBlocks} blocks, ${report.imageHeads} heads`,
    `text tower   ${report.contextLength} tokens of ${report.vocabularySize}, width ${report.textWidth}, ${report.textBlocks} blocks, ${report.textHeads} heads`,
    `embedding    ${report.embeddingWidth}, logit scale ${report.logitScale.toFixed(2)}, ${(report.parameterCount / 1e6).toFixed(2)} M parameters (${report.dtypes.join(', ')})`,
    `tokenizer    ${report.tokenizer}`,
  ];
  return [...lines, ...report.notes].join('\n');
}
