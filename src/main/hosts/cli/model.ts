import type { Command } from 'commander';
import { z } from 'zod';
import { weightReportSchema } from '../../../shared/model-weights.ts';
import { modelNamed } from '../../models/bundled.ts';
import { registerModel as registerWeights } from '../../models/register-model.ts';
import { listModels } from '../../store/models.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import {
  addTowerOptions,
  baseOf,
  describeModel,
  documentOf,
  modelDocument,
  printAdded,
  type TowerOptions,
} from './model-document.ts';
import { registerDownload } from './model-download.ts';
import { registerImportPrompts } from './model-import-prompts.ts';
import { parseName } from './options.ts';
import { formatTable } from './table.ts';

/** `fapt model add|download|inspect|list|show|tokens|mirror|import-prompts`. */
export function registerModel(program: Command): void {
  const model = program.command('model').description('the CLIP weights of this workspace');
  addModel(model);
  registerDownload(model);
  addInspect(model);
  addList(model);
  addShow(model);
  addTokens(model);
  registerImportPrompts(model);
}

function addModel(model: Command): void {
  const usage = 'register a CLIP: a folder, a safetensors file or a PyTorch file';
  addTowerOptions(addCommand(model, 'add <path>', usage))
    .option('--name <name>', "default: the folder's or file's name", parseName('--name'))
    .action(
      withCli(
        async (cli, options: CommonOptions & TowerOptions & { name?: string }, path: string) => {
          await cli.withApp({ write: true }, async (app) => {
            const base = await baseOf(options, (name) => modelNamed(app, name));
            const { name } = options;
            printAdded(cli, await registerWeights(app, { path: cli.resolve(path), name, base }));
          });
        },
      ),
    );
}

function addInspect(model: Command): void {
  addCommand(model, 'inspect <path>', 'how the tensors of a file fit, without adding it').action(
    withCli(async (cli, _options: CommonOptions, path: string) => {
      const report = await cli.withEngine((engine) => engine.inspectWeights(cli.resolve(path)));
      const layout = report.layout ? `, ${report.layout} names` : '';
      cli.print(`${report.format}${layout}, ${report.tensors} tensors`);
      cli.print(report.reason ?? 'Every tensor that a CLIP needs is there and has its shape.');
      if (report.rows.length > 0) {
        const shape = (sizes: number[] | null) => (sizes ? `[${sizes.join(', ')}]` : '-');
        const cells = report.rows.map(({ name, wanted, found, problem }) => [
          name,
          shape(wanted),
          shape(found),
          problem ?? '',
        ]);
        cli.print(formatTable(['tensor', 'wanted', 'found', ''], cells, []));
      }
      cli.emit(weightReportSchema, report);
    }),
  );
}

function addList(model: Command): void {
  addCommand(model, 'list', 'the models of this workspace').action(
    withCli(async (cli) => {
      await cli.withApp({ write: false }, async (app) => {
        const rows = listModels(app.db);
        const cells = rows.map((row) => [
          row.name,
          row.layout,
          `${(row.sizeBytes / 1e6).toFixed(1)} MB`,
          row.report.origin?.role ?? 'clip',
          row.path,
        ]);
        cli.print(formatTable(['name', 'layout', 'weights', 'role', 'path'], cells, [2]));
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
