import { setImmediate } from 'node:timers/promises';
import type { EvaluateEvent, EvaluateJob, Example } from '../../shared/engine-contract.ts';
import type { Outcome } from '../../shared/results.ts';
import { ImageLoader } from '../images/image-loader.ts';
import { allTextFeatures } from '../training/prompted-clip.ts';
import { closeTuned, openTuned, requireKnownLabels } from '../training/tuned-clip.ts';
import { type AttackedBatch, attackImages, classifyImages } from './attack-images.ts';
import { keepPerturbation } from './keep-perturbation.ts';

/** At most this many progress events a second. */
const PROGRESS_EVERY_MS = 250;

/**
 * Natural and, where an attack is asked for, robust outcomes of a tuned model, one row an example.
 * The attack is white-box on the prompted model; text features are computed once.
 *
 * @param signal raised to stop at the next attack step; finished images have been reported
 * @throws FaptError for weights, checkpoints or images that cannot be read
 */
export async function* evaluate(
  job: EvaluateJob,
  signal: AbortSignal,
): AsyncGenerator<EvaluateEvent> {
  requireKnownLabels(job.examples, job.tuned.task);
  const tuned = await openTuned(job.tuned);
  const textFeatures = allTextFeatures(tuned);
  const { imageSize, patchSize } = tuned.clip.shape;
  const loader = new ImageLoader(imageSize, patchSize, 'crop');
  const total = job.examples.length;
  let told = 0;
  try {
    for (let begin = 0; begin < total; begin += job.batchSize) {
      const examples = job.examples.slice(begin, begin + job.batchSize);
      const patches = await loader.patches(examples);
      loader.prefetch(job.examples.slice(begin + job.batchSize, begin + 2 * job.batchSize));
      try {
        const subject = { model: tuned, textFeatures, patches, examples };
        let attacked: AttackedBatch | null = null;
        if (job.attack.name !== 'none') {
          for await (const state of attackImages(subject, job.attack, job.tuned.config.seed)) {
            if (signal.aborted) {
              state.result?.perturbation.dispose();
              yield { type: 'end', status: 'stopped' };
              return;
            }
            if (state.result) attacked = state.result;
            else if (performance.now() - told > PROGRESS_EVERY_MS) {
              told = performance.now();
              yield { type: 'progress', done: begin + state.share * examples.length, total };
            }
          }
        }
        const clean = classifyImages(subject);
        const outcomes = await outcomesOf(
          examples,
          clean,
          attacked,
          patchSize,
          job.perturbationFolder,
        ).finally(() => attacked?.perturbation.dispose());
        yield { type: 'outcomes', outcomes, observed: null, done: begin + examples.length, total };
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
  } finally {
    textFeatures.dispose();
    closeTuned(tuned);
  }
}

async function outcomesOf(
  examples: Example[],
  clean: { predicted: number; margin: number }[],
  attacked: AttackedBatch | null,
  patchSize: number,
  folder: string | null,
): Promise<Outcome[]> {
  const kept =
    attacked && folder ? await keepPerturbation(attacked.perturbation, patchSize, folder) : null;
  return examples.map(({ id, label }, row) => {
    const before = clean[row] as { predicted: number; margin: number };
    const after = attacked?.images[row];
    const firstFooled = after ? after.fooledAt : null;
    return {
      id,
      label,
      clean: before.predicted,
      adversarial: after ? after.predicted : null,
      margin: after ? after.margin : before.margin,
      fellAt: before.predicted !== label ? 0 : firstFooled,
      perturbation: kept?.[row] ?? null,
    };
  });
}
