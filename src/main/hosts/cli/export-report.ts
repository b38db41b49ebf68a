import type { Command } from 'commander';
import { comparisonReport } from '../../api/export/comparison-report.ts';
import { writeWhole } from '../../export/write-whole.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { wrote } from './export-files.ts';
import { parseCount, parseNames } from './options.ts';
import { outFile } from './out-path.ts';

type Options = CommonOptions & { a: string[]; b: string[]; images: number; out: string };

export function registerExportReport(parent: Command): void {
  addCommand(parent, 'report', 'a comparison of two runs, or of two groups of seeds, as one page')
    .requiredOption('--a <runs>', 'run or runs of the one side: ID,ID', parseNames('--a'))
    .requiredOption('--b <runs>', 'of the other side', parseNames('--b'))
    .option('--images <n>', 'images with maps at most', parseCount('--images', 0), 6)
    .requiredOption('--out <file>', 'where it goes: an HTML file')
    .action(
      withCli(async (cli, { a, b, images, out }: Options) => {
        const file = await outFile(cli, out);
        const html = await cli.withApp({ write: false }, (app) =>
          comparisonReport(app, { a, b, images }),
        );
        await writeWhole(file, html);
        wrote(cli, [file]);
      }),
    );
}
