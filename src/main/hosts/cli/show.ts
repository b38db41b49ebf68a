import type { Command } from 'commander';
import { runDocumentSchema } from '../../../shared/api-results.ts';
import { runDocument } from '../../api/run-document.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeEvaluation, describeWorstCase } from './describe-evaluation.ts';
import { describeRun } from './describe-run.ts';
import { formatTable } from './table.ts';

/** `fapt show`: one run, with its outcomes image by image if wanted. */
export function registerShow(program: Command): void {
  addCommand(program, 'show <run>', 'one run and its numbers')
    .option('--outcomes', 'one line an image of the newest attack')
    .action(
      withCli(async (cli, options: CommonOptions & { outcomes?: boolean }, id: string) => {
        await cli.withApp({ write: false }, async (app) => {
          const document = runDocument(app.db, id, options.outcomes);
          cli.print(describeRun(document.run));
          for (const evaluation of document.evaluations) {
            cli.print(describeEvaluation({ run: document.run, evaluation }));
          }
          for (const worst of document.worstCases) cli.print(describeWorstCase(worst));
          if (document.outcomes) {
            const cells = document.outcomes.map((outcome) => [
              outcome.id,
              `${outcome.label}`,
              `${outcome.clean}`,
              `${outcome.adversarial ?? '-'}`,
              outcome.margin.toFixed(3),
              `${outcome.fellAt ?? '-'}`,
            ]);
            const head = ['image', 'label', 'clean', 'adversarial', 'margin', 'fell at'];
            cli.print(formatTable(head, cells, [1, 2, 3, 4, 5]));
          }
          cli.emit(runDocumentSchema, document);
        });
      }),
    );
}
