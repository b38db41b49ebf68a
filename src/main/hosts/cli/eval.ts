import { type Command, Option } from 'commander';
import { evaluationDocumentSchema, evaluationListSchema } from '../../../shared/api-results.ts';
import type { EvaluationAttack } from '../../../shared/attack.ts';
import { CLASS_SETS, type ClassSet } from '../../../shared/run-config.ts';
import type { App } from '../../api/app.ts';
import { attackOf, refuseLargeSize } from '../../api/create-run.ts';
import { evaluationDocument, evaluationDocuments } from '../../api/evaluation-reports.ts';
import { type EvaluationRequest, runEvaluation } from '../../jobs/run-evaluation.ts';
import { type ClassTarget, ownTarget } from '../../jobs/tuned-model.ts';
import { datasetNamed } from '../../models/bundled.ts';
import { verifyModel } from '../../models/register-model.ts';
import { getModel } from '../../store/models.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import { type AttackFlags, addAttackOptions, attackOptionsOf } from './attack-options.ts';
import type { Cli, CommonOptions } from './cli.ts';
import { addCommand, withCli } from './common.ts';
import { describeEvaluation } from './describe-evaluation.ts';
import { parseSize, usageError } from './options.ts';

type EvalOptions = CommonOptions &
  AttackFlags & {
    from?: string;
    frame?: EvaluationAttack['frame'];
    dataset?: string;
    classes?: ClassSet;
    sweep?: number[];
  };

/** `fapt eval`: attacks a finished run. */
export function registerEval(program: Command): void {
  const command = addCommand(program, 'eval <run>', 'attack a finished run, or measure it clean')
    .option('--from <run>', 'transfer: the adversarial images are made on this run')
    .option('--dataset <name>', "other classes than the run's own: those of this dataset")
    .addOption(new Option('--classes <set>', 'which of the classes').choices(CLASS_SETS))
    .option('--sweep <sizes>', 'one evaluation a size, as in 0,1/255,2/255,4/255', (text) =>
      text.split(',').map(parseSize('--sweep')),
    )
    .addOption(
      new Option('--frame <when>', 'a learned border: always, or only while attacking').choices([
        'always',
        'attack-only',
      ]),
    );
  addAttackOptions(command).action(
    withCli(async (cli, options: EvalOptions, id: string) => {
      const wanted = attackOptionsOf(options);
      if (options.sweep && (options.eps !== undefined || wanted.name === 'none')) {
        throw usageError(
          '--sweep gives the sizes of an attack: leave out --eps and --attack none.',
        );
      }
      for (const size of options.sweep ?? []) refuseLargeSize(options.norm, size);
      await cli.withApp({ write: true }, async (app) => {
        const run = getRun(app.db, id);
        await verifyModel(getModel(app.db, run.modelId));
        const source = options.from === undefined ? null : getRun(app.db, options.from).id;
        const target = await targetOf(app, run, options);
        const attack = attackOf(run.config, {
          ...wanted,
          source: source === run.id ? null : source,
          frame: options.frame,
        });
        if (options.sweep) await sweep(cli, app, run, { attack, target }, options.sweep);
        else {
          const evaluation = await runEvaluation(app, run.id, { attack, target });
          const document = evaluationDocument(app.db, run.id, evaluation.id);
          cli.print(describeEvaluation(document));
          cli.emit(evaluationDocumentSchema, document);
        }
      });
    }),
  );
}

/** Each size as an evaluation of its own; a size that was measured already is read. */
async function sweep(
  cli: Cli,
  app: App,
  run: RunRow,
  { attack, target }: EvaluationRequest,
  sizes: number[],
): Promise<void> {
  const ids: number[] = [];
  for (const epsilon of sizes) {
    // The step keeps its share of the ball.
    const stepSize = attack.epsilon > 0 ? (attack.stepSize * epsilon) / attack.epsilon : epsilon;
    const at: EvaluationAttack = { ...attack, epsilon, stepSize };
    ids.push((await runEvaluation(app, run.id, { attack: at, target, purpose: 'sweep' })).id);
  }
  const document = evaluationDocuments(app.db, run.id, ids);
  for (const evaluation of document.evaluations)
    cli.print(describeEvaluation({ ...document, evaluation }));
  cli.emit(evaluationListSchema, document);
}

async function targetOf(
  app: App,
  run: RunRow,
  { dataset, classes }: EvalOptions,
): Promise<ClassTarget> {
  const own = ownTarget(run);
  if (dataset === undefined) return { ...own, classes: classes ?? own.classes };
  const { id } = await datasetNamed(app, dataset);
  return { datasetId: id, classes: classes ?? (id === own.datasetId ? own.classes : 'all') };
}
