import type { Command } from 'commander';
import { attributionReportSchema } from '../../../shared/api-results.ts';
import { attributeRun } from '../../api/attribute.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';

type AttributeOptions = CommonOptions & { example: string; class?: string; out?: string };

/** `fapt attribute`: why one image gets its class, clean and attacked. */
export function registerAttribute(program: Command): void {
  addCommand(program, 'attribute <run>', 'maps of one test image, clean and attacked')
    .requiredOption('--example <id>', "the image's path in the split")
    .option('--class <name>', 'class whose text is explained (default: the true one)')
    .option('--out <dir>', 'folder for the maps as PNG, JSON and raw values')
    .action(
      withCli(async (cli, options: AttributeOptions, id: string) => {
        await cli.withApp({ write: false }, async (app) => {
          const report = await attributeRun(app, id, {
            example: options.example,
            className: options.class ?? null,
            out: options.out === undefined ? null : cli.resolve(options.out),
          });
          cli.print(`${report.id}: "${report.targetText}"`);
          cli.print(
            `drift under attack: image l2 ${report.drift.imageL2.toPrecision(4)}, words KL ${report.drift.textKl.toPrecision(4)}`,
          );
          for (const file of report.files) cli.print(`wrote ${file}`);
          cli.emit(attributionReportSchema, report);
        });
      }),
    );
}
