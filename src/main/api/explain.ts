import type { ExplainInput, Explanation, Target } from '../../shared/api/attribution.ts';
import type { AttributeJob } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { explainedTokens, mergeWords } from '../../shared/merge-words.ts';
import { adversaryOf } from '../explain/adversary.ts';
import {
  attributionFor,
  type CurveAreas,
  curveAreasOf,
  type MadeAttribution,
  type Perturbation,
  perturbationOf,
} from '../explain/attribution-for.ts';
import { labelOf, openImage } from '../explain/explained-image.ts';
import { argmax, crossEntropyOf, marginsOf } from '../explain/logit-numbers.ts';
import { shownAdversary, sizesOf } from '../explain/shown-adversary.ts';
import { imageIdentity, imageSizeOf, type Subject, subjectOf } from '../explain/subject.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import type { App } from './app.ts';

/**
 * Maps, logits and drift of one image before one run, clean and adversarial. Progress goes to
 * `app.report`, a stop is heard on `app.signal` between the attack's steps.
 * @throws FaptError `examples-unknown`, `class-unknown`, `run-unfinished`, `step-unknown`,
 * `models-differ`, `image-forgotten`, `stopped`
 */
export async function explain(app: App, input: ExplainInput): Promise<Explanation> {
  const run = getRun(app.db, input.run);
  const attackedRun = input.adversary.run === null ? run : getRun(app.db, input.adversary.run);
  const size = imageSizeOf(app, run);
  refuseOtherSize(app, run, attackedRun);
  const image = await openImage(app, run, input.image);
  const attacked = await subjectOf(app, attackedRun, image, input.label);
  const subject = attackedRun === run ? attacked : await sameClass(app, run, attacked);
  const known = adversaryOf(app, attacked, input.adversary.attack);
  const found = await perturbationOf(app, attacked, known, input.adversary.step, size);
  const target = await targetOf(app, subject, found, input);
  const made = await attributionFor(app, subject, found, target);
  const explained = made.attribution.target;
  const areas =
    input.curves && explained !== null ? await curveAreasOf(app, subject, found, explained) : NONE;
  return {
    run: run.id,
    method: run.method,
    classNames: subject.tuned.task.classNames,
    image: await imageIdentity(subject, size),
    ...numbersOf(subject, made, areas),
    target: {
      label: explained,
      name: nameOfTarget(target, explained, subject),
      text: made.attribution.targetText,
    },
    adversary: {
      ...(await shownAdversary(app, attacked, known, found)),
      ...{ step: input.adversary.step, ...sizesOf(made.attribution.pixels) },
    },
    timing: {
      cached: made.cached && found.traced?.cached !== false,
      attackMs: found.source === 'kept' ? 0 : (found.traced?.attackMs ?? 0),
      mapsMs: made.mapsMs,
    },
  };
}

const NONE: CurveAreas = {
  insertionClean: null,
  insertionAdversarial: null,
  deletionClean: null,
  deletionAdversarial: null,
};

function refuseOtherSize(app: App, run: RunRow, attacked: RunRow): void {
  const [size, other] = [imageSizeOf(app, run), imageSizeOf(app, attacked)];
  if (size === other) return;
  throw new FaptError(
    'models-differ',
    `Images made on run ${attacked.id} are ${other} pixels wide and run ${run.id} takes ${size}: choose a run on a model of the same size.`,
  );
}

/** The image before another run, by the name of its class. */
async function sameClass(app: App, run: RunRow, { image, tuned, example, labelFrom }: Subject) {
  const name = tuned.task.classNames[example.label] as string;
  return { ...(await subjectOf(app, run, image, name)), labelFrom };
}

async function targetOf(
  app: App,
  subject: Subject,
  found: Perturbation,
  { target }: ExplainInput,
): Promise<AttributeJob['target']> {
  const { classNames } = subject.tuned.task;
  switch (target.by) {
    case 'label':
      return null;
    case 'class':
      return labelOf(target.name, classNames);
    case 'text':
      return { text: target.text };
    case 'prediction':
      return labelOf(await predictedBy(app, subject, found, target), classNames);
  }
}

/** The class that a run takes the same clean or adversarial image for. */
async function predictedBy(
  app: App,
  subject: Subject,
  found: Perturbation,
  { run: id, of }: Extract<Target, { by: 'prediction' }>,
): Promise<string> {
  const run = id === null ? subject.run : getRun(app.db, id);
  refuseOtherSize(app, run, subject.run);
  const asked = run.id === subject.run.id ? subject : await sameClass(app, run, subject);
  const { attribution } = await attributionFor(app, asked, found, null);
  return asked.tuned.task.classNames[argmax(attribution.logits[of])] as string;
}

function nameOfTarget(
  target: AttributeJob['target'],
  label: number | null,
  { tuned }: Subject,
): string {
  if (target !== null && typeof target === 'object') return target.text;
  return tuned.task.classNames[label as number] as string;
}

type Numbers = Pick<
  Explanation,
  | 'grid'
  | 'maps'
  | 'tokens'
  | 'words'
  | 'logits'
  | 'margins'
  | 'loss'
  | 'predicted'
  | 'drift'
  | 'pixels'
>;

function numbersOf(
  { example }: Subject,
  { attribution }: MadeAttribution,
  areas: CurveAreas,
): Numbers {
  const { grid, image, text, logits, pixels, drift } = attribution;
  const { clean, adversarial } = text;
  const tokens = explainedTokens(attribution.tokens, attribution.learned, clean, adversarial);
  const both = <T>(of: (values: number[]) => T) => ({
    clean: of(logits.clean),
    adversarial: of(logits.adversarial),
  });
  return {
    ...{ grid, maps: image, tokens, words: mergeWords(tokens), logits, pixels },
    margins: both(marginsOf),
    loss: both((values) => crossEntropyOf(values, example.label)),
    predicted: both(argmax),
    drift: { ...drift, ...areas },
  };
}
