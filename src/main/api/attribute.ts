import type { AttributionReport } from '../../shared/api-results.ts';
import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Attribution } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { chooseClasses, ofClasses } from '../datasets/class-set.ts';
import { resolveExamples } from '../datasets/examples.ts';
import { writeAttributionFiles } from '../export/attribution-files.ts';
import { tunedModelOf } from '../jobs/tuned-model.ts';
import { getDataset } from '../store/datasets.ts';
import type { EvaluationRow } from '../store/evaluations.ts';
import { listOutcomes } from '../store/outcomes.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { keptBlob } from '../workspace/blobs.ts';
import type { App } from './app.ts';
import { attackOf } from './create-run.ts';
import { measuredEvaluation } from './measure-stability.ts';
import { nearest } from './nearest.ts';

export type AttributeOptions = {
  /** The image's path in the split. */
  example: string;
  /** The class whose text is explained; null is the true one. */
  className: string | null;
  /** Where maps go as files; null writes none. */
  out: string | null;
};

/**
 * Why a run gives one test image its class, clean and under the run's own newest attack.
 * @throws FaptError `examples-unknown`, `class-unknown`, `run-unfinished`
 */
export async function attributeRun(
  app: App,
  runId: string,
  options: AttributeOptions,
): Promise<AttributionReport> {
  const { report, attribution } = await attributeImage(app, runId, options);
  const files = options.out ? await writeAttributionFiles(options.out, attribution, report) : [];
  return { ...report, files };
}

/** The same with the pixels themselves, and nothing written. */
export async function attributeImage(
  app: App,
  runId: string,
  options: Omit<AttributeOptions, 'out'>,
) {
  const run = getRun(app.db, runId);
  const { classNames } = tunedModelOf(app, run).task;
  const target = options.className === null ? null : labelOf(options.className, classNames);
  const { attribution, attack, label } = await attributionOf(app, run, options.example, target);
  const { pixels: _, target: explained, ...numbers } = attribution;
  const report = {
    run: run.id,
    ...numbers,
    label: classNames[label] ?? `class ${label}`,
    target: classNames[explained] ?? `class ${explained}`,
    attack,
    attackedRun: run.id,
    classNames,
  };
  return { report, attribution };
}

export type AttributedExample = {
  attribution: Attribution;
  attack: EvaluationAttack;
  label: number;
};

/** One test image's maps, from its kept perturbation, or from the attack made again. */
export async function attributionOf(
  app: App,
  run: RunRow,
  exampleId: string,
  target: number | null,
): Promise<AttributedExample> {
  const dataset = getDataset(app.db, run.datasetId);
  const { classes } = run.config;
  const [example] = ofClasses(
    await resolveExamples(app.db, dataset, 'test', [exampleId]),
    chooseClasses(app.db, dataset, classes),
  );
  if (!example) {
    throw new FaptError(
      'examples-unknown',
      `The image "${exampleId}" is not of the ${classes} classes that run ${run.id} knows: choose one that is.`,
    );
  }
  const evaluation = measuredEvaluation(app, run);
  const attack = evaluation?.attack ?? attackOf(run.config, {});
  const perturbation = evaluation ? keptPerturbation(app, evaluation, example.id) : null;
  const tuned = tunedModelOf(app, run);
  const attribution = await app
    .engine()
    .attribute({ tuned, example, perturbation, attack, target });
  return { attribution, attack, label: example.label };
}

function keptPerturbation(app: App, evaluation: EvaluationRow, id: string): string | null {
  const outcome = listOutcomes(app.db, evaluation.id).find((row) => row.id === id);
  return keptBlob(app.workspace, outcome?.perturbation);
}

function labelOf(name: string, classNames: string[]): number {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', ' ');
  const label = classNames.findIndex((known) => plain(known) === plain(name));
  if (label >= 0) return label;
  throw new FaptError(
    'class-unknown',
    `There is no class "${name}"; near it are ${nearest(name, classNames).join(', ')}.`,
  );
}
