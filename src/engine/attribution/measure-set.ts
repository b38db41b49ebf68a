import { setImmediate } from 'node:timers/promises';
import type { StabilityEvent, StabilityJob, StabilityRow } from '../../shared/engine-contract.ts';
import { type OpenClassifier, openClassifier } from '../evaluation/open-classifier.ts';
import { requireKnownLabels } from '../training/tuned-clip.ts';
import { measureBatch } from './measure-batch.ts';

/** At most this many progress events a second. */
const PROGRESS_EVERY_MS = 250;

/**
 * How far the maps of the true class move under attack, image by image, and how well they point at
 * what decides (insertion and deletion). The maps are those of eq. 8 whatever a run was trained with,
 * so that runs can be compared.
 *
 * @param signal raised to stop within a batch; finished batches have been reported
 * @throws FaptError for weights, images or kept perturbations that cannot be read
 */
export async function* measureSet(
  job: StabilityJob,
  signal: AbortSignal,
): AsyncGenerator<StabilityEvent> {
  const examples = job.examples.map(({ example }) => example);
  requireKnownLabels(examples, job.tuned.task);
  const classifier = await openClassifier(job.tuned);
  try {
    yield* measureBatches(job, classifier, signal);
  } finally {
    classifier.close();
  }
}

async function* measureBatches(
  job: StabilityJob,
  classifier: OpenClassifier,
  signal: AbortSignal,
): AsyncGenerator<StabilityEvent> {
  const total = job.examples.length;
  const imagesFrom = (begin: number) =>
    job.examples.slice(begin, begin + job.batchSize).map(({ example }) => example);
  for (let begin = 0; begin < total; begin += job.batchSize) {
    const batch = job.examples.slice(begin, begin + job.batchSize);
    classifier.loader.readAhead([imagesFrom(begin), imagesFrom(begin + job.batchSize)]);
    const steps = measureBatch(job, batch, classifier, classifier.loader);
    const doneAt = (share: number) => begin + share * batch.length;
    const rows = signal.aborted ? null : yield* stoppable(steps, doneAt, total, signal);
    if (!rows) {
      yield { type: 'end', status: 'stopped' };
      return;
    }
    yield { type: 'rows', rows, done: begin + batch.length, total };
    await setImmediate();
  }
  yield { type: 'end', status: 'finished' };
}

/** Goes through a batch, saying now and then how far it is; null where it was stopped. */
async function* stoppable(
  steps: AsyncGenerator<number, StabilityRow[]>,
  doneAt: (share: number) => number,
  total: number,
  signal: AbortSignal,
): AsyncGenerator<StabilityEvent, StabilityRow[] | null> {
  let told = performance.now();
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
      // A stop that was asked for meanwhile gets its chance.
      await setImmediate();
      if (signal.aborted) return null;
      if (performance.now() - told < PROGRESS_EVERY_MS) continue;
      told = performance.now();
      yield { type: 'progress', done: doneAt(next.value), total };
    }
  } finally {
    // Frees what a batch that was left early still holds.
    await steps.return([]);
  }
}
