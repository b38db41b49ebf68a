import type { Command } from 'commander';
import { runDocumentSchema } from '../../../shared/api-results.ts';
import { attackOf } from '../../api/create-run.ts';
import { evaluatedDocument } from '../../api/run-reports.ts';
import { runEvaluation } from '../../jobs/run-evaluation.ts';
import { verifyModel } from '../../models/register-model.ts';
import { getModel } from '../../store/models.ts';
import { getRun } from '../../store/runs.ts';
import { type AttackFlags, addAttackOptions, attackOptionsOf } from './attack-options.ts';
import type { CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeRun } from './describe-run.ts';

/** `fapt eval`: attacks a finished run. */
export function registerEval(program: Command): void {
  const command = addCommand(program, 'eval <run>', 'attack a finished run, or measure it clean');
  addAttackOptions(command).action(
    withCli(async (cli, options: CommonOptions & AttackFlags, id: string) => {
      const wanted = attackOptionsOf(options);
      await cli.withApp({ write: true }, async (app) => {
        const run = getRun(app.db, id);
        const model = getModel(app.db, run.modelId);
        await verifyModel(model);
        const evaluation = await runEvaluation(app, run.id, attackOf(run.config, wanted));
        const document = evaluatedDocument(app.db, run.id, evaluation);
        cli.print(describeRun(document.run));
        cli.emit(runDocumentSchema, document);
      });
    }),
  );
}
