import type { Command } from 'commander';
import { runDocumentSchema } from '../../../shared/api-results.ts';
import { runDocument } from '../../api/run-document.ts';
import { finishRun } from '../../jobs/finish-run.ts';
import { verifyModel } from '../../models/register-model.ts';
import { getModel } from '../../store/models.ts';
import { getRun } from '../../store/runs.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeRun } from './describe-run.ts';

/** `fapt resume`: goes on from the last checkpoint and with the images not yet evaluated. */
export function registerResume(program: Command): void {
  addCommand(program, 'resume <run>', 'go on with a run that was stopped').action(
    withCli(async (cli, _options: CommonOptions, id: string) => {
      await cli.withApp({ write: true }, async (app) => {
        const run = getRun(app.db, id);
        await verifyModel(getModel(app.db, run.modelId));
        await finishRun(app, run.id);
        const document = runDocument(app.db, run.id);
        cli.print(describeRun(document.run));
        cli.emit(runDocumentSchema, document);
      });
    }),
  );
}
