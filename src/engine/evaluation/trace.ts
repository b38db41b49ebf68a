import * as tf from '@tensorflow/tfjs-core';
import type { Trace, TraceEvent, TraceJob } from '../../shared/engine-trace.ts';
import { normOf } from '../attacks/box-projection.ts';
import { readRow } from '../attacks/query-images.ts';
import { imageLogits } from '../training/prompted-clip.ts';
import { requireKnownLabels } from '../training/tuned-clip.ts';
import { type AttackedBatch, attackImages, type Subject } from './attack-images.ts';
import { heldClassifier } from './held-classifier.ts';
import { writePerturbations } from './keep-perturbation.ts';
import type { OpenClassifier } from './open-classifier.ts';
import { TraceRecorder } from './trace-recorder.ts';

/** At most this many progress events a second. */
const PROGRESS_EVERY_MS = 100;

/**
 * Runs an attack on one image and tells every step of the restart that it answers with. The attack
 * is the evaluation's own, watched: its answer is that of `evaluate` for this image in a batch of one.
 *
 * @param signal raised to stop at the next step
 * @throws FaptError for weights, images that cannot be read, and a full disk
 */
export async function* trace(job: TraceJob, signal: AbortSignal): AsyncGenerator<TraceEvent> {
  requireKnownLabels([job.example], job.tuned.task);
  const classifier = await heldClassifier(job.tuned);
  let patches: tf.Tensor3D | null = null;
  try {
    patches = await classifier.loader.patches([job.example]);
    yield* traceImage(job, classifier, patches, signal);
  } finally {
    patches?.dispose();
    classifier.close();
  }
}

async function* traceImage(
  job: TraceJob,
  { model, textFeatures }: OpenClassifier,
  patches: tf.Tensor3D,
  signal: AbortSignal,
): AsyncGenerator<TraceEvent> {
  const { attack, example, files } = job;
  const maxBytes = files?.maxBytes ?? 0;
  const recorder = new TraceRecorder(patches.size, attack.steps, example.label, maxBytes);
  const subject: Subject = { model, textFeatures, patches, examples: [example], watch: recorder };
  let attacked: AttackedBatch | null = null;
  let told = performance.now();
  try {
    for await (const { share, result } of attackImages(subject, attack, job.tuned.config.seed)) {
      attacked = result;
      if (signal.aborted) {
        yield { type: 'end', status: 'stopped' };
        return;
      }
      if (result || performance.now() - told < PROGRESS_EVERY_MS) continue;
      told = performance.now();
      yield { type: 'progress', done: share, total: 1 };
    }
    const found = attacked as unknown as AttackedBatch;
    const answer = found.perturbation.dataSync() as Float32Array;
    if (files) {
      const shape = [patches.shape[1], patches.shape[2]] as const;
      const { patchSize } = model.clip.shape;
      const values = recorder.keptValues();
      await writePerturbations(files.trajectory, values, shape, patchSize);
      await writePerturbations(files.answer, [answer], shape, patchSize);
    }
    yield { type: 'trace', trace: describe(subject, found, recorder, answer) };
    yield { type: 'end', status: 'finished' };
  } finally {
    (attacked as AttackedBatch | null)?.perturbation.dispose();
  }
}

function describe(
  { model, textFeatures, patches, examples }: Subject,
  { images, observed, warnings }: AttackedBatch,
  recorder: TraceRecorder,
  answer: Float32Array,
): Trace {
  const label = examples[0]?.label as number;
  const logits = tf.tidy(() => imageLogits(model, patches, textFeatures));
  const values = logits.dataSync() as Float32Array;
  logits.dispose();
  const { predicted, margin, fooledAt } = images[0] as AttackedBatch['images'][number];
  return {
    clean: { ...readRow(values, label), logits: [...values] },
    steps: recorder.steps,
    kept: recorder.keptSteps,
    fooledAt,
    answer: {
      ...{ step: recorder.stepOf(answer), predicted, margin, fooled: predicted !== label },
      ...{ linf: normOf('linf', answer), l2: normOf('l2', answer) },
    },
    observed,
    warnings,
  };
}
