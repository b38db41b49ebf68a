import { setImmediate } from 'node:timers/promises';
import type { EvaluateEvent, EvaluateJob, Example } from '../../shared/engine-contract.ts';
import type { Outcome } from '../../shared/results.ts';
import type { Read } from '../attacks/query-images.ts';
import { requireKnownLabels } from '../training/tuned-clip.ts';
import {
  type AttackedBatch,
  attackImages,
  type Classifier,
  classifyImages,
  type Subject,
} from './attack-images.ts';
import { keepPerturbation } from './keep-perturbation.ts';
import { type OpenClassifier, openClassifier } from './open-classifier.ts';

/** At most this many progress events a second. */
const PROGRESS_EVERY_MS = 250;

/**
 * Natural and, where an attack is asked for, robust outcomes of a tuned model, one row an example.
 * The attack is white-box on the prompted model, or made on another (transfer); text features are
 * computed once.
 *
 * @param signal raised to stop at the next attack step; finished images have been reported
 * @throws FaptError for weights, checkpoints or images that cannot be read
 */
export async function* evaluate(
  job: EvaluateJob,
  signal: AbortSignal,
): AsyncGenerator<EvaluateEvent> {
  requireKnownLabels(job.examples, job.tuned.task);
  const judge = await openClassifier(job.tuned);
  let attacker: OpenClassifier | null = null;
  try {
    attacker = job.attacker && (await openClassifier(job.attacker));
    yield* evaluateBatches(job, judge, attacker, signal);
  } finally {
    attacker?.close();
    judge.close();
  }
}

/** @param attacker for a transfer: the one that the images are made on */
async function* evaluateBatches(
  job: EvaluateJob,
  { model, textFeatures, loader }: OpenClassifier,
  attacker: Classifier | null,
  signal: AbortSignal,
): AsyncGenerator<EvaluateEvent> {
  const total = job.examples.length;
  const slice = (begin: number) => job.examples.slice(begin, begin + job.batchSize);
  for (let begin = 0; begin < total; begin += job.batchSize) {
    const examples = slice(begin);
    const patches = await loader.patches(examples);
    loader.readAhead([slice(begin + job.batchSize), slice(begin + 2 * job.batchSize)]);
    const subject: Subject = { model, textFeatures, attacker, patches, examples };
    try {
      const attacked = yield* attackBatch(job, subject, begin, signal);
      if (attacked === 'stopped') {
        yield { type: 'end', status: 'stopped' };
        return;
      }
      if (begin === 0) {
        for (const warning of attacked?.warnings ?? []) yield { type: 'warning', warning };
      }
      const outcomes = await outcomesOf(job, subject, attacked);
      const observed = attacked?.observed ?? null;
      yield { type: 'outcomes', outcomes, observed, done: begin + examples.length, total };
    } finally {
      patches.dispose();
    }
    if (signal.aborted && begin + job.batchSize < total) {
      yield { type: 'end', status: 'stopped' };
      return;
    }
    await setImmediate();
  }
  yield { type: 'end', status: 'finished' };
}

/** The attack on one batch, with its progress; null where none is asked for. */
async function* attackBatch(
  { attack, tuned, examples: all }: EvaluateJob,
  subject: Subject,
  begin: number,
  signal: AbortSignal,
): AsyncGenerator<EvaluateEvent, AttackedBatch | 'stopped' | null> {
  if (attack.name === 'none') return null;
  let told = performance.now();
  for await (const { share, result } of attackImages(subject, attack, tuned.config.seed)) {
    if (signal.aborted) {
      result?.perturbation.dispose();
      return 'stopped';
    }
    if (result) return result;
    if (performance.now() - told < PROGRESS_EVERY_MS) continue;
    told = performance.now();
    yield {
      type: 'progress',
      done: begin + share * subject.examples.length,
      total: all.length,
    };
  }
  return null;
}

/** One row an image; frees what the attack found. */
async function outcomesOf(
  { attack, perturbationFolder }: EvaluateJob,
  subject: Subject,
  attacked: AttackedBatch | null,
): Promise<Outcome[]> {
  try {
    const clean = classifyImages(subject, attack.frame);
    const { patchSize } = subject.model.clip.shape;
    const kept =
      attacked && perturbationFolder
        ? await keepPerturbation(attacked.perturbation, patchSize, perturbationFolder)
        : null;
    return subject.examples.map((example, row) =>
      outcomeOf(example, clean[row] as Read, attacked?.images[row], kept?.[row]),
    );
  } finally {
    attacked?.perturbation.dispose();
  }
}

function outcomeOf(
  { id, label }: Example,
  before: Read,
  after: AttackedBatch['images'][number] | undefined,
  perturbation: string | undefined,
): Outcome {
  return {
    id,
    label,
    clean: before.predicted,
    adversarial: after ? after.predicted : null,
    margin: after ? after.margin : before.margin,
    fellAt: before.predicted !== label ? 0 : (after?.fooledAt ?? null),
    perturbation: perturbation ?? null,
  };
}
