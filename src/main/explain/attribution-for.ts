import type { EvaluationAttack } from '../../shared/attack.ts';
import type { AttributeJob, Attribution, StabilityRow } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { App } from '../api/app.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import type { KnownAdversary } from './adversary.ts';
import { ResultCache } from './result-cache.ts';
import type { Subject } from './subject.ts';
import { knownTrace, type TracedAttack, tracedAttack } from './traced-attack.ts';
import { answerFile, stepFile } from './traced-files.ts';

/** The perturbation to look at, in a file, and how it came there. */
export type Perturbation = {
  file: string;
  sha256: string;
  source: 'kept' | 'rebuilt';
  attack: EvaluationAttack;
  /** Where the attack was run on this image, now or before. */
  traced: TracedAttack | null;
};

/**
 * What was kept with the evaluation; where nothing was, or a step is asked for, what the attack gives
 * when it is run again, once.
 * @throws FaptError `step-unknown`, `stopped`
 */
export async function perturbationOf(
  app: App,
  subject: Subject,
  { attack, kept }: KnownAdversary,
  step: number | null,
  imageSize: number,
): Promise<Perturbation> {
  if (step === null && kept !== null) {
    const traced = await knownTrace(app, subject, attack);
    return { file: kept, sha256: await sha256OfFile(kept), source: 'kept', attack, traced };
  }
  const traced = await tracedAttack(app, subject, attack);
  const file =
    step === null ? answerFile(app, traced) : await stepFile(app, traced, step, imageSize);
  return { file, sha256: await sha256OfFile(file), source: 'rebuilt', attack, traced };
}

export type MadeAttribution = { attribution: Attribution; mapsMs: number; cached: boolean };

/**
 * Maps of an image and a perturbed one, from the results where they are there.
 * @param target null: the subject's label
 */
export async function attributionFor(
  app: App,
  subject: Subject,
  { file, sha256, attack }: Perturbation,
  target: AttributeJob['target'],
): Promise<MadeAttribution> {
  const { tuned, example, key, image } = subject;
  const explained = target ?? example.label;
  const name = ResultCache.key('attribution', key, image.sha256, sha256, explained);
  const { value, cached } = await new ResultCache(app.workspace).remember(name, async () => {
    const started = performance.now();
    app.report({ stage: say('stage.maps'), done: 0, total: 1 });
    const job = { tuned, example, perturbation: file, attack, target: explained };
    const attribution = await app.engine().attribute(job);
    return { attribution, mapsMs: performance.now() - started };
  });
  return { ...value, attribution: { ...value.attribution, id: example.id }, cached };
}

export type CurveAreas = Pick<
  StabilityRow,
  'insertionClean' | 'insertionAdversarial' | 'deletionClean' | 'deletionAdversarial'
>;

/** Insertion and deletion areas of the same maps, for a class. @throws FaptError `stopped` */
export async function curveAreasOf(
  app: App,
  { tuned, example, key, image }: Subject,
  { file, sha256, attack }: Perturbation,
  target: number,
): Promise<CurveAreas> {
  const name = ResultCache.key('curves', key, image.sha256, sha256, target);
  const examples = [{ example: { ...example, label: target }, perturbation: file }];
  const job = { tuned, examples, attack, batchSize: 1, curves: true };
  const { value } = await new ResultCache(app.workspace).remember(name, async () => {
    let found: StabilityRow | undefined;
    for await (const event of app.engine().stability(job, app.signal)) {
      if (event.type === 'rows') found = event.rows[0];
      if (event.type === 'progress') {
        app.report({ stage: say('stage.curves'), done: event.done, total: event.total });
      }
    }
    if (!found) throw new FaptError('stopped', 'Stopped before the areas were measured.');
    const { insertionClean, insertionAdversarial, deletionClean, deletionAdversarial } = found;
    return { insertionClean, insertionAdversarial, deletionClean, deletionAdversarial };
  });
  return value;
}
