import { readFile } from 'node:fs/promises';
import type { ExplainInput, Explanation, Target } from '../../shared/api/attribution.ts';
import { describeAttack } from '../../shared/attack.ts';
import type { AttributeJob } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { stepsKept } from '../../shared/kept-steps.ts';
import { explainedTokens, mergeWords } from '../../shared/merge-words.ts';
import { adversaryOf, type KnownAdversary } from '../explain/adversary.ts';
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
import { picturePosition } from '../explain/picture-position.ts';
import { type Subject, subjectOf } from '../explain/subject.ts';
import { answerFile } from '../explain/traced-attack.ts';
import { getModel } from '../store/models.ts';
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

export function imageSizeOf(app: App, run: RunRow): number {
  return getModel(app.db, run.modelId).report.imageSize;
}

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

/** What every answer about an image says of it. */
export async function imageIdentity(
  { image: { name, sha256, file }, example: { label }, labelFrom }: Subject,
  size: number,
): Promise<Explanation['image']> {
  return { name, sha256, label, labelFrom, position: await picturePosition(file, size) };
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

async function shownAdversary(
  app: App,
  { run, tuned }: Subject,
  { attack, evaluation, kept }: KnownAdversary,
  { source, traced }: Perturbation,
): Promise<Omit<Explanation['adversary'], 'step' | 'linf' | 'l2'>> {
  const bytes = 3 * imageSizeOf(app, run) ** 2 * Float32Array.BYTES_PER_ELEMENT;
  const planned = ['pgd', 'apgd'].includes(attack.name) ? stepsKept(attack.steps, bytes) : [];
  return {
    run: run.id,
    method: run.method,
    attack,
    protocol: describeAttack(attack),
    seed: tuned.config.seed,
    evaluation: evaluation?.id ?? null,
    steps: traced ? traced.trace.kept : planned,
    source,
    rebuiltDiffers: kept && traced ? await share(kept, answerFile(app, traced)) : null,
  };
}

/** Share of two perturbations' values that are not the same. */
async function share(a: string, b: string): Promise<number> {
  const [x, y] = (await Promise.all([readFile(a), readFile(b)])).map(
    (bytes) => new Float32Array(new Uint8Array(bytes).buffer),
  ) as [Float32Array, Float32Array];
  return x.filter((value, i) => value !== y[i]).length / x.length;
}

function sizesOf({ clean, adversarial }: Explanation['pixels']): { linf: number; l2: number } {
  let [linf, squares] = [0, 0];
  for (let i = 0; i < clean.length; i += 1) {
    const d = Math.abs((adversarial[i] as number) - (clean[i] as number));
    linf = Math.max(linf, d);
    squares += d * d;
  }
  return { linf, l2: Math.sqrt(squares) };
}
