import { type Command, Option } from 'commander';
import { FIGURE_FORMATS, type FigureFormat } from '../../../shared/api/export.ts';
import { figure1 } from '../../api/export/figure1.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { figureFormatOf, writeFigure } from './export-files.ts';
import { usageError } from './options.ts';
import { outFile } from './out-path.ts';

type Options = CommonOptions & {
  baseline?: string;
  ours?: string;
  example?: string;
  format?: FigureFormat;
  out: string;
};

export function registerExportFigure1(parent: Command): void {
  addCommand(
    parent,
    'figure1 <run...>',
    'one image clean, attacked and stabilised; natural against robust accuracy of the runs',
  )
    .option('--baseline <run>', 'seen clean and attacked (default: FAP, else zero-shot)')
    .option('--ours <run>', 'seen under its own attack (default: CBA-FAPT)')
    .option('--example <id>', 'test image (default: the first that tells the two apart)')
    .addOption(
      new Option('--format <format>', "default: by the file's ending").choices(
        // One column of a paper is too narrow for it.
        FIGURE_FORMATS.filter((format) => format !== 'pdf-3.25in'),
      ),
    )
    .requiredOption('--out <file>', 'where it goes: .pdf (6.75 in wide), .svg or .png')
    .action(
      withCli(async (cli, options: Options, runs: string[]) => {
        const { baseline = null, ours = null, example = null, out } = options;
        const format = options.format ?? figureFormatOf(out);
        if (format === null) throw usageError(`"${out}" must end in .pdf, .svg or .png.`);
        const file = await outFile(cli, out);
        const drawing = await cli.withApp({ write: false }, (app) =>
          figure1(app, { runs, baseline, ours, example }),
        );
        await writeFigure(cli, drawing, format, file);
      }),
    );
}
