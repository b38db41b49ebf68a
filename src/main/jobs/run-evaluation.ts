import type { EvaluationAttack } from '../../shared/attack.ts';
import type { EvaluateJob, Example } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { testSubset } from '../datasets/subset.ts';
import { getDataset } from '../store/datasets.ts';
import {
  addObservation,
  createEvaluation,
  type EvaluationRow,
  findEvaluation,
  getEvaluation,
  setEvaluationStatus,
} from '../store/evaluations.ts';
import { doneIds, recordOutcomes } from '../store/outcomes.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';
import { noteBelowZeroShot } from './below-zero-shot.ts';
import { StoppedError, statusOf } from './job-error.ts';
import { keepWithinLimit, perturbationFolder } from './perturbation-limit.ts';
import { probeAttack } from './probe-attack.ts';
import { type ClassTarget, ownTarget, tunedModelOf } from './tuned-model.ts';

/** The engine evaluates this many images at once; results do not depend on it. */
const BATCH_SIZE = 25;

export type EvaluationRequest = {
  attack: EvaluationAttack;
  /** Absent: the classes that the run was trained on. */
  target?: ClassTarget;
  purpose?: EvaluationRow['purpose'];
};

/**
 * Evaluates a run under an attack and keeps one outcome an image. An evaluation with the same
 * protocol is gone on with, or returned where it is finished already. What the attack did is
 * observed and probed, for the badge beside its number.
 * @throws StoppedError when `app.signal` is raised
 */
export async function runEvaluation(
  app: App,
  runId: string,
  { attack, purpose = 'result', ...request }: EvaluationRequest,
): Promise<EvaluationRow> {
  const run = getRun(app.db, runId);
  const target = request.target ?? ownTarget(run);
  const tuned = tunedModelOf(app, run, target);
  const attacker = attack.source ? tunedModelOf(app, sourceOf(app, run, attack), target) : null;
  const { ids, examples } = await examplesOf(app, target, attack);
  const known = findEvaluation(app.db, { runId: run.id, attack, ids, ...target });
  if (known?.status === 'finished') return known;
  const evaluation = known ?? (await create(app, run, { attack, purpose, target, ids }));
  const done = doneIds(app.db, evaluation.id);
  const left = await examples(ids.filter((id) => !done.has(id)));
  setEvaluationStatus(app.db, evaluation.id, 'running');
  try {
    if (left.length > 0) {
      const folder = attack.name === 'none' ? null : perturbationFolder(app);
      const batch = { batchSize: BATCH_SIZE, perturbationFolder: folder };
      await follow(
        app,
        run,
        evaluation,
        { tuned, attacker, examples: left, attack, ...batch },
        done.size,
      );
    }
    await probeAttack(app, run, evaluation, { tuned, examples });
    setEvaluationStatus(app.db, evaluation.id, 'finished');
  } catch (error) {
    const { status, reason } = statusOf(error, app.signal);
    setEvaluationStatus(app.db, evaluation.id, status, { reason });
    throw error;
  }
  const finished = getEvaluation(app.db, evaluation.id);
  noteBelowZeroShot(app, finished);
  return finished;
}

/** The ids an evaluation is about, and how some of them become what the engine reads. */
async function examplesOf(app: App, target: ClassTarget, attack: EvaluationAttack) {
  const dataset = getDataset(app.db, target.datasetId);
  const chosen = chooseClasses(app.db, dataset, target.classes);
  return {
    ids: testSubset(app.db, dataset, chosen, attack.subset),
    async examples(ids: readonly string[]): Promise<Example[]> {
      if (ids.length === 0) return [];
      return ofClasses(await resolveExamples(app.db, dataset, 'test', ids), chosen);
    },
  };
}

/**
 * The run whose prompts make the adversarial images of a transfer.
 * @throws FaptError `transfer-unlike` where it looks at other weights
 */
function sourceOf(app: App, run: RunRow, { source }: EvaluationAttack): RunRow {
  const maker = getRun(app.db, source ?? run.id);
  if (maker.modelId === run.modelId) return maker;
  throw new FaptError(
    'transfer-unlike',
    `Run ${maker.id} is on model "${maker.model}" and run ${run.id} on "${run.model}": images are transferred between runs on one model.`,
  );
}

async function create(
  app: App,
  run: RunRow,
  { attack, purpose, target, ids }: Required<EvaluationRequest> & { ids: string[] },
) {
  return createEvaluation(app.db, {
    runId: run.id,
    modelId: null,
    ...target,
    attack,
    purpose,
    ids,
    seed: run.seed,
    environment: await app.environment(),
  });
}

async function follow(
  app: App,
  run: RunRow,
  evaluation: EvaluationRow,
  job: EvaluateJob,
  before: number,
): Promise<void> {
  const total = evaluation.expected;
  const { method, seed } = run;
  const stage = say('stage.evaluate', { method, seed, attack: { attack: job.attack } });
  for await (const event of app.engine().evaluate(job, app.signal)) {
    if (event.type === 'outcomes') {
      app.db.transaction(() => {
        recordOutcomes(app.db, evaluation.id, event.outcomes);
        if (event.observed) addObservation(app.db, evaluation.id, event.observed);
      })();
      await keepWithinLimit(app);
    }
    if (event.type === 'outcomes' || event.type === 'progress') {
      app.report({ stage, done: Math.min(before + event.done, total), total });
    } else if (event.type === 'warning') {
      recordWarning(app.db, { evaluationId: evaluation.id }, event.warning);
      app.note(`Warning: ${event.warning.message}`);
    } else if (event.status === 'stopped') {
      throw new StoppedError(run.id);
    }
  }
}
