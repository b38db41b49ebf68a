import { type EvaluationAttack, evaluationAttackSchema } from '../../shared/attack.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { Warning } from '../../shared/results.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { chooseClasses } from '../datasets/class-set.ts';
import { datasetWarnings } from '../datasets/dataset-warnings.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { fewShot } from '../datasets/few-shot.ts';
import { testSubset } from '../datasets/subset.ts';
import { type ClassTarget, ownTarget } from '../jobs/tuned-model.ts';
import { datasetNamed, modelNamed } from '../models/bundled.ts';
import { modelWarnings } from '../models/model-role.ts';
import { verifyModel } from '../models/register-model.ts';
import { type DatasetRow, getDataset } from '../store/datasets.ts';
import { createEvaluation, findEvaluation } from '../store/evaluations.ts';
import { createRun, getRun, type RunRow, setRunSample } from '../store/runs.ts';
import { recordWarning } from '../store/warnings.ts';
import { sha256OfLines } from '../workspace/hash.ts';
import type { App } from './app.ts';

/** An evaluation to come: under which attack (`none`: natural), and on which classes. */
export type PlannedEvaluation = {
  attack: EvaluationAttack;
  /** Absent: the classes that the run is trained on. */
  target?: ClassTarget;
};

export type CreateRunOptions = {
  config: RunConfig;
  /** Evaluations to follow the training; they wait in the store, so that a resume finds them. */
  evaluations: PlannedEvaluation[];
  /** Few-shot shortfalls, empty classes and unreadable pictures are errors. */
  strict: boolean;
  protocol?: string;
  /** Many runs in a row hash the weights once: the caller has just done it. */
  isVerified?: boolean;
};

/**
 * Checks everything a run needs, draws its images and stores it as queued, with its evaluations.
 * Nothing is stored where something is missing.
 * @throws FaptError `model-unknown`, `dataset-unknown`, `weights-*`, `files-*`, `nothing-to-train`,
 * `nothing-to-evaluate`, and `strict` where a warning is not accepted
 */
export async function createQueuedRun(app: App, options: CreateRunOptions): Promise<RunRow> {
  const { config } = options;
  const dataset = await datasetNamed(app, config.dataset);
  chooseClasses(app.db, dataset, config.classes);
  const model = await modelNamed(app, config.model);
  if (!options.isVerified) await verifyModel(model);
  const sample = METHODS[config.method].tuned ? await draw(app, dataset, config) : null;
  const warnings = [...datasetWarnings(dataset), ...(sample?.warnings ?? [])];
  if (options.strict && warnings[0]) refuse(warnings);
  const own = { datasetId: dataset.id, classes: config.classes };
  for (const { attack, target = own } of options.evaluations) {
    const ids = testIds(app, attack, target);
    // A missing file would be found after the training, hours later.
    if (!options.isVerified) {
      await resolveExamples(app.db, getDataset(app.db, target.datasetId), 'test', ids);
    }
  }
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
    for (const warning of [...modelWarnings(model), ...warnings]) {
      recordWarning(app.db, { runId: id }, warning);
    }
    return getRun(app.db, id);
  })();
  for (const planned of options.evaluations) await planEvaluation(app, run, planned);
  for (const { message } of warnings) app.note(`Warning: ${message}`);
  return run;
}

/**
 * Puts an evaluation of a run in the store, to be made by `runEvaluation` or a resume. One that is
 * there stays as it is.
 * @throws FaptError `nothing-to-evaluate`
 */
export async function planEvaluation(app: App, run: RunRow, planned: PlannedEvaluation) {
  const { attack, target = ownTarget(run) } = planned;
  const ids = testIds(app, attack, target);
  if (findEvaluation(app.db, { runId: run.id, attack, ids, ...target })) return;
  const environment = await app.environment();
  const { id: runId, seed } = run;
  const fresh = { runId, modelId: null, attack, ids, seed, environment, ...target };
  createEvaluation(app.db, fresh);
}

/** The test images that an evaluation is about. @throws FaptError `nothing-to-evaluate` */
function testIds(app: App, attack: EvaluationAttack, target: ClassTarget): string[] {
  const dataset = getDataset(app.db, target.datasetId);
  const chosen = chooseClasses(app.db, dataset, target.classes);
  const ids = testSubset(app.db, dataset, chosen, attack.subset);
  if (ids.length > 0) return ids;
  throw new FaptError(
    'nothing-to-evaluate',
    `Dataset "${dataset.name}" has no test image: add one whose split has a test list, or train without an evaluation (--no-eval on the command line).`,
  );
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
  throw new FaptError('strict', `A strict run is refused by its warnings: ${all}`);
}

/** Natural accuracy on every test image. */
export const NATURAL: EvaluationAttack = evaluationAttackSchema.parse({ name: 'none' });

const ATTACK_STEPS = 100;
/** As in AutoAttack. */
const SQUARE_QUERIES = 5000;

export type AttackOptions = Partial<EvaluationAttack>;

/** A pixel cannot change by more than 1. @throws FaptError `usage` */
export function refuseLargeSize(norm: EvaluationAttack['norm'] | undefined, epsilon: number): void {
  if (norm === 'l2' || epsilon <= 1) return;
  throw new FaptError(
    'usage',
    `The size of an l-inf attack must be from 0 to 1, as in 4/255, not ${epsilon} (--eps on the command line).`,
  );
}

/**
 * PGD-100 with the training epsilon as size and step, on a balanced 100, unless told otherwise; an l2
 * attack needs its size said.
 * @throws FaptError `usage` for a size that is missing or too large
 */
export function attackOf(config: RunConfig, options: AttackOptions): EvaluationAttack {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  if (options.name === 'none') return evaluationAttackSchema.parse({ name: 'none', ...given });
  const isL2 = options.norm === 'l2';
  if (isL2 && options.epsilon === undefined) {
    throw new FaptError(
      'usage',
      'An l2 attack needs its size, the length over a whole image: give one, for example 0.5 (--eps 0.5 on the command line).',
    );
  }
  const epsilon = options.epsilon ?? config.attack.epsilon;
  refuseLargeSize(options.norm, epsilon);
  return evaluationAttackSchema.parse({
    name: 'pgd',
    epsilon,
    // The published evaluations step by the whole ball; in l2 that would leave it at every step.
    stepSize: isL2 ? epsilon / 4 : epsilon,
    steps: options.name === 'square' ? SQUARE_QUERIES : ATTACK_STEPS,
    subset: 100,
    ...given,
  });
}
