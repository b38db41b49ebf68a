import { type EvaluationAttack, evaluationAttackSchema } from '../../shared/attack.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { Warning } from '../../shared/results.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { datasetWarnings } from '../datasets/dataset-warnings.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { fewShot } from '../datasets/few-shot.ts';
import { testSubset } from '../datasets/subset.ts';
import { datasetNamed, modelNamed } from '../models/bundled.ts';
import { verifyModel } from '../models/register-model.ts';
import type { DatasetRow } from '../store/datasets.ts';
import { createEvaluation, findEvaluation } from '../store/evaluations.ts';
import { createRun, getRun, type RunRow, setRunSample } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';
import { sha256OfLines } from '../workspace/hash.ts';
import type { App } from './app.ts';

export type CreateRunOptions = {
  config: RunConfig;
  /** Evaluations to follow the training; they wait in the store, so that a resume finds them. */
  evaluations: EvaluationAttack[];
  /** Few-shot shortfalls, empty classes and unreadable pictures are errors. */
  strict: boolean;
  protocol?: string;
};

/**
 * Checks everything a run needs, draws its images and stores it as queued, with its evaluations.
 * Nothing is stored where something is missing.
 * @throws FaptError `model-unknown`, `dataset-unknown`, `weights-*`, `files-*`, `nothing-to-train`,
 * and `strict` where a warning is not accepted
 */
export async function createQueuedRun(app: App, options: CreateRunOptions): Promise<RunRow> {
  const { config } = options;
  const dataset = await datasetNamed(app, config.dataset);
  const model = await modelNamed(app, config.model);
  await verifyModel(model);
  const sample = METHODS[config.method].tuned ? await draw(app, dataset, config) : null;
  const warnings = [...datasetWarnings(dataset), ...(sample?.warnings ?? [])];
  if (options.strict && warnings[0]) refuse(warnings);
  const environment = await app.environment();
  const run = app.db.transaction(() => {
    const { id } = createRun(app.db, {
      config,
      datasetId: dataset.id,
      modelId: model.id,
      protocol: options.protocol ?? null,
      environment,
      modelHash: model.sha256,
      splitHash: dataset.splitHash,
    });
    if (sample) setRunSample(app.db, id, sample);
    for (const warning of warnings) recordWarning(app.db, { runId: id }, warning);
    return getRun(app.db, id);
  })();
  for (const attack of options.evaluations) await planEvaluation(app, run, dataset, attack);
  for (const { message } of warnings) app.note(`Warning: ${message}`);
  return run;
}

/** Puts an evaluation of a run in the store, to be made by `runEvaluation` or a resume. */
async function planEvaluation(
  app: App,
  run: RunRow,
  dataset: DatasetRow,
  attack: EvaluationAttack,
) {
  const ids = testSubset(app.db, dataset, attack.subset);
  if (ids.length === 0) {
    throw new FaptError(
      'nothing-to-evaluate',
      `Dataset "${dataset.name}" has no test image: add one whose split has a test list, or use --no-eval.`,
    );
  }
  if (findEvaluation(app.db, { runId: run.id, attack, ids })) return;
  const environment = await app.environment();
  const { id: runId, datasetId, seed } = run;
  createEvaluation(app.db, { runId, modelId: null, datasetId, attack, ids, seed, environment });
}

async function draw(app: App, dataset: DatasetRow, config: RunConfig) {
  const { images, classCounts, warnings } = fewShot(app.db, dataset, config.shots, config.seed);
  if (images.length === 0) {
    throw new FaptError(
      'nothing-to-train',
      `Dataset "${dataset.name}" has no training image: add one whose split has a train list.`,
    );
  }
  await resolveExamples(app.db, dataset, 'train', images);
  return { sampleIds: images, sampleHash: sha256OfLines(images), classCounts, warnings };
}

function refuse(warnings: Warning[]): never {
  const all = warnings.map((warning) => warning.message).join(' ');
  throw new FaptError('strict', `--strict refuses this run: ${all}`);
}

/** Natural accuracy on every test image. */
export const NATURAL: EvaluationAttack = evaluationAttackSchema.parse({ name: 'none' });

export type AttackOptions = Partial<EvaluationAttack>;

/** PGD-100 with the training epsilon as size and step, on a balanced 100, unless told otherwise. */
export function attackOf(config: RunConfig, options: AttackOptions): EvaluationAttack {
  if (options.name === 'none') {
    return evaluationAttackSchema.parse({ name: 'none', subset: options.subset ?? null });
  }
  const epsilon = options.epsilon ?? config.attack.epsilon;
  return evaluationAttackSchema.parse({
    name: 'pgd',
    epsilon,
    stepSize: options.stepSize ?? epsilon,
    steps: options.steps ?? 100,
    restarts: options.restarts ?? 1,
    subset: options.subset === undefined ? 100 : options.subset,
  });
}
