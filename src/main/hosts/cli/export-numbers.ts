import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  FIGURE_FORMATS,
  type FigureFormat,
  LAYOUT_WIDTHS,
  RUN_TABLES,
  type RunTable,
} from '../../../shared/api/export.ts';
import { lineOption } from '../../../shared/charts/line-option.ts';
import { TABLE_FORMATS, type TableFormat } from '../../../shared/tables/table-formats.ts';
import { writeTable } from '../../../shared/tables/write-table.ts';
import { bibtexOf } from '../../api/export/bibtex.ts';
import { curvesOf } from '../../api/export/metric-curves.ts';
import { runTable } from '../../api/export/run-table.ts';
import { frameFigure } from '../../export/figure/frame-figure.ts';
import { writeWhole } from '../../export/write-whole.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { figureFormatOf, tableFormatOf, writeFigure, wrote } from './export-files.ts';
import { outFile } from './out-path.ts';

const bibtexSchema = z.strictObject({ bibtex: z.string() });
const TABLE_IDS = TABLE_FORMATS.map(({ id }) => id);

export function registerExportTable(parent: Command): void {
  type Options = CommonOptions & { of: RunTable; format?: TableFormat; out: string };
  addCommand(parent, 'table <run...>', 'accuracies over seeds, of classes, or of each image')
    .addOption(
      new Option('--of <what>', 'what the rows are').choices(RUN_TABLES).default('accuracies'),
    )
    .addOption(new Option('--format <format>', "default: by the file's ending").choices(TABLE_IDS))
    .requiredOption('--out <file>', 'where it goes')
    .action(
      withCli(async (cli, { of, format, out }: Options, ids: string[]) => {
        const file = await outFile(cli, out);
        await cli.withApp({ write: false }, async ({ db }) => {
          const table = runTable(db, of, ids);
          await writeWhole(file, writeTable(table, format ?? tableFormatOf(out)));
        });
        wrote(cli, [file]);
      }),
    );
}

export function registerExportCurves(parent: Command): void {
  type Options = CommonOptions & {
    metric: string;
    log?: boolean;
    format?: FigureFormat | TableFormat;
    out: string;
  };
  addCommand(parent, 'curves <run...>', 'a logged number of trainings by step')
    .option('--metric <name>', 'loss, terms.adv, gradientShares.vaa, ...', 'loss')
    .option('--log', 'a logarithmic scale')
    .addOption(
      new Option('--format <format>', "default: by the file's ending").choices([
        ...FIGURE_FORMATS,
        ...TABLE_IDS,
      ]),
    )
    .requiredOption('--out <file>', 'where it goes')
    .action(
      withCli(async (cli, { metric, log = false, format, out }: Options, ids: string[]) => {
        const file = await outFile(cli, out);
        await cli.withApp({ write: false }, async ({ db }) => {
          const { chart, table, note } = curvesOf(db, ids, metric, log);
          const wanted = format ?? figureFormatOf(out) ?? tableFormatOf(out);
          if (wanted === 'csv' || wanted === 'markdown' || wanted === 'latex') {
            await writeWhole(file, writeTable(table, wanted));
            return wrote(cli, [file]);
          }
          const width = LAYOUT_WIDTHS[wanted];
          const height = Math.round(width * 0.62);
          // ECharts takes a moment to load, which no other command should wait for.
          const { drawChart } = await import('../../export/figure/draw-chart.ts');
          const svg = drawChart(lineOption({ ...chart, isDark: false }), { width, height });
          const drawing = frameFigure({ svg, width, height, title: null, note, hidden: [] });
          await writeFigure(cli, drawing, wanted, file);
        });
      }),
    );
}

export function registerExportBibtex(parent: Command): void {
  addCommand(parent, 'bibtex <run...>', 'the publications of the methods that runs used')
    .option('--out <file>', 'where it goes (default: stdout)')
    .action(
      withCli(async (cli, { out }: CommonOptions & { out?: string }, ids: string[]) => {
        const text = await cli.withApp({ write: false }, async ({ db }) => bibtexOf(db, ids));
        if (out === undefined) {
          cli.print(text.trimEnd());
          return cli.emit(bibtexSchema, { bibtex: text });
        }
        const file = await outFile(cli, out);
        await writeWhole(file, text);
        wrote(cli, [file]);
      }),
    );
}
