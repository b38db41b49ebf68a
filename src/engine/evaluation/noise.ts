import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { NoiseDraw, NoiseEvent, NoiseJob } from '../../shared/engine-trace.ts';
import { drawInBall, intoBox } from '../attacks/ball.ts';
import { requireKnownLabels } from '../training/tuned-clip.ts';
import { type Classifier, classifyImages, problemOf, type Subject } from './attack-images.ts';
import { heldClassifier } from './held-classifier.ts';

const BATCH = 10;

/**
 * What uniform noise from an attack's ball makes of one image, draw by draw. Draw 0 is the one that
 * evaluations under noise take.
 *
 * @param signal raised to stop at the next batch of draws
 * @throws FaptError for weights and images that cannot be read, `logits-not-finite`
 */
export async function* noise(job: NoiseJob, signal: AbortSignal): AsyncGenerator<NoiseEvent> {
  requireKnownLabels([job.example], job.tuned.task);
  const classifier = await heldClassifier(job.tuned);
  const total = job.draws;
  let patches: tf.Tensor3D | null = null;
  try {
    patches = await classifier.loader.patches([job.example]);
    for (let begin = 0; begin < total; begin += BATCH) {
      if (signal.aborted) {
        yield { type: 'end', status: 'stopped' };
        return;
      }
      const count = Math.min(BATCH, total - begin);
      const draws = drawBatch(job, classifier, patches, begin, count);
      yield { type: 'draws', draws, done: begin + count, total };
      // A stop that was asked for meanwhile gets its chance.
      await setImmediate();
    }
    yield { type: 'end', status: 'finished' };
  } finally {
    patches?.dispose();
    classifier.close();
  }
}

function drawBatch(
  { example, attack, tuned }: NoiseJob,
  { model, textFeatures }: Classifier,
  patches: tf.Tensor3D,
  begin: number,
  count: number,
): NoiseDraw[] {
  const one: Subject = { model, textFeatures, patches, examples: [example] };
  const problem = problemOf(one, tuned.config.seed);
  const noisy = tf.tidy(() => {
    const rows = Array.from({ length: count }, (_, i) =>
      tf.add(patches, intoBox(patches, drawInBall(problem, attack, 'noise', begin + i))),
    );
    return tf.concat(rows as tf.Tensor3D[]);
  });
  try {
    const examples = Array.from({ length: count }, () => example);
    const reads = classifyImages({ ...one, patches: noisy, examples }, attack.frame);
    return reads.map((read, i) => ({ draw: begin + i, ...read }));
  } finally {
    noisy.dispose();
  }
}
