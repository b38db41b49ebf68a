import type { Command } from 'commander';
import { predictReportSchema } from '../../../shared/api-results.ts';
import { predictImages } from '../../api/predict.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { formatShare, formatTable } from './table.ts';

/** `fapt predict`: class probabilities of any images. */
export function registerPredict(program: Command): void {
  addCommand(program, 'predict <run> <path...>', 'class probabilities of images').action(
    withCli(async (cli, _options: CommonOptions, id: string, paths: string[]) => {
      await cli.withApp({ write: false }, async (app) => {
        const report = await predictImages(app, id, paths.map(cli.resolve));
        const cells = report.predictions.map((found) => [
          found.path,
          found.class,
          formatShare(found.probability),
        ]);
        cli.print(formatTable(['image', 'class', 'probability'], cells, [2]));
        cli.emit(predictReportSchema, report);
      });
    }),
  );
}
