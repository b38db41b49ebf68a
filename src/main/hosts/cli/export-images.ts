import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { explainInputSchema } from '../../../shared/api/attribution.ts';
import { TENSOR_FORMATS, type TensorFormat } from '../../../shared/api/export.ts';
import { fileStem } from '../../../shared/file-stem.ts';
import { say } from '../../../shared/sentence.ts';
import { attributeRun } from '../../api/attribute-run.ts';
import {
  adversarialImagesReportSchema,
  exportAdversarialImages,
} from '../../api/export/adversarial-images.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { wrote } from './export-files.ts';
import { collect, parseCount, usageError } from './options.ts';
import { outFolder } from './out-path.ts';

export function registerExportImages(parent: Command): void {
  type Options = CommonOptions & { format: TensorFormat; subset?: number; out: string };
  addCommand(parent, 'images <run>', "a run's adversarial images, as float32 and as PNG")
    .addOption(
      new Option('--format <format>', 'of the float32 images')
        .choices(TENSOR_FORMATS)
        .default('npy'),
    )
    .option('--subset <n>', 'images, balanced over classes (default: all)', parseCount('--subset'))
    .requiredOption('--out <dir>', 'folder they go to')
    .action(
      withCli(async (cli, { format, subset, out }: Options, run: string) => {
        const folder = await outFolder(cli, out);
        const report = await cli.withApp({ write: false }, (app) =>
          exportAdversarialImages(app, run, { folder, format, subset: subset ?? null }),
        );
        cli.print(report.protocol);
        cli.print(report.sentence);
        for (const file of report.files) cli.print(`wrote ${file}`);
        cli.emit(adversarialImagesReportSchema, report);
      }),
    );
}

export function registerExportMaps(parent: Command): void {
  type Options = CommonOptions & { example: string[]; attackOf?: string; out: string };
  addCommand(parent, 'maps <run>', 'maps of test images, as PNG, CSV and NumPy')
    .option('--example <id>', "an image's path in the split (repeatable)", collect, [])
    .option('--attack-of <run>', 'whose attack made the adversarial images (default: its own)')
    .requiredOption('--out <dir>', 'folder they go to, a folder an image')
    .action(
      withCli(async (cli, { example: examples, attackOf, out }: Options, run: string) => {
        if (examples.length === 0) throw usageError('maps needs --example ID, once or more.');
        const root = await outFolder(cli, out);
        const files = await cli.withApp({ write: false }, async (app) => {
          const written: string[] = [];
          for (const [index, example] of examples.entries()) {
            app.report({ stage: say('stage.maps'), done: index, total: examples.length });
            const image = { from: 'test', example };
            const input = explainInputSchema.parse({
              run,
              image,
              adversary: { run: attackOf ?? null },
            });
            const folder = join(root, fileStem(example));
            written.push(...(await attributeRun(app, input, folder)).files);
          }
          return written;
        });
        wrote(cli, files);
      }),
    );
}
