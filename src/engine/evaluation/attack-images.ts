import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { EvaluationAttack } from '../../shared/attack.ts';
import type { Example } from '../../shared/engine-contract.ts';
import { pgdSteps } from '../attacks/pgd.ts';
import { toPatches } from '../clip/image-tower.ts';
import { crossEntropy, klDivergence } from '../methods/losses.ts';
import { oneHotRows } from '../one-hot.ts';
import { stream, uniform } from '../random.ts';
import { imageLogits, type PromptedClip } from '../training/prompted-clip.ts';
import { requireFinite } from './require-finite.ts';

export type Subject = {
  model: PromptedClip;
  textFeatures: tf.Tensor2D;
  /** Clean pixels as patches [B, M, 3 P P]. */
  patches: tf.Tensor3D;
  examples: Example[];
};

export type AttackedImage = {
  /** At the last step of the restart that was worst for the model. */
  predicted: number;
  margin: number;
  /** First fooled step from 1 over all restarts, null if never. */
  fooledAt: number | null;
};

export type AttackedBatch = {
  images: AttackedImage[];
  /** Of the worst restart, as patches [B, M, 3 P P]; the caller disposes. */
  perturbation: tf.Tensor3D;
};

/**
 * Prediction and margin (true logit minus the best other) of each row of logits [B, K].
 *
 * @throws FaptError `logits-not-finite`
 */
export function readLogits(
  logits: tf.Tensor2D,
  labels: number[],
): { predicted: number; margin: number }[] {
  const values = logits.dataSync();
  const classes = logits.shape[1];
  requireFinite(values);
  return labels.map((label, row) => {
    let predicted = 0;
    let other = Number.NEGATIVE_INFINITY;
    const at = (k: number) => values[row * classes + k] as number;
    for (let k = 0; k < classes; k += 1) {
      if (at(k) > at(predicted)) predicted = k;
      if (k !== label && at(k) > other) other = at(k);
    }
    // With a single class there is no other: the margin is the logit itself.
    return { predicted, margin: at(label) - (classes > 1 ? other : 0) };
  });
}

export function classifyImages({ model, textFeatures, patches, examples }: Subject) {
  const logits = tf.tidy(() => imageLogits(model, patches, textFeatures));
  const read = readLogits(
    logits,
    examples.map((example) => example.label),
  );
  logits.dispose();
  return read;
}

/**
 * PGD on the prompted model, restart by restart; yields after every step so that a stop is heard.
 * Each image's start is drawn from (seed, attack, restart, image), so that no result depends on how
 * images are batched.
 */
export async function* attackImages(
  subject: Subject,
  attack: EvaluationAttack,
  seed: number,
): AsyncGenerator<{ share: number; result: AttackedBatch | null }> {
  let worst: AttackedBatch | null = null;
  let run: ReturnType<typeof attackOnce> | null = null;
  let finished = false;
  try {
    for (let restart = 0; restart < attack.restarts; restart += 1) {
      run = attackOnce(subject, attack, seed, restart);
      let next = await run.next();
      while (!next.done) {
        yield { share: (restart + next.value) / attack.restarts, result: null };
        next = await run.next();
      }
      worst = worst ? worseOf(worst, next.value, subject.examples) : next.value;
    }
    finished = true;
    yield { share: 1, result: worst };
  } finally {
    // A caller that stops early ends this generator at a yield, and the one inside with it.
    if (!finished) {
      await run?.return(undefined as never);
      worst?.perturbation.dispose();
    }
  }
}

async function* attackOnce(
  { model, textFeatures, patches, examples }: Subject,
  attack: EvaluationAttack,
  seed: number,
  restart: number,
): AsyncGenerator<number, AttackedBatch> {
  const labels = examples.map((example) => example.label);
  const fooledAt: (number | null)[] = labels.map(() => null);
  const note = (logits: tf.Tensor2D, step: number) => {
    const read = readLogits(logits, labels);
    for (const [row, { predicted }] of read.entries()) {
      if (step > 0 && predicted !== labels[row]) fooledAt[row] ??= step;
    }
    return read;
  };
  const oneHot = oneHotRows(labels, textFeatures.shape[0]);
  const clean =
    attack.loss === 'kl' ? tf.tidy(() => imageLogits(model, patches, textFeatures)) : null;
  const start = randomStart(model, examples, attack, seed, restart);
  const loss = (perturbed: tf.Tensor, step: number) => {
    const logits = imageLogits(model, perturbed as tf.Tensor3D, textFeatures);
    note(logits, step);
    return tf.sum(clean ? klDivergence(clean, logits) : crossEntropy(logits, oneHot)) as tf.Scalar;
  };
  const steps = pgdSteps(patches, start, attack, loss);
  let perturbation: tf.Tensor | null = null;
  try {
    for (;;) {
      const next = steps.next();
      if (next.done) {
        perturbation = next.value;
        break;
      }
      yield next.value / attack.steps;
      // A stop that was asked for meanwhile gets its chance.
      await setImmediate();
    }
  } finally {
    if (!perturbation) steps.return(patches);
    tf.dispose([oneHot, start, ...(clean ? [clean] : [])]);
  }
  const final = perturbation as tf.Tensor3D;
  const logits = tf.tidy(() =>
    imageLogits(model, tf.add(patches, final) as tf.Tensor3D, textFeatures),
  );
  const last = note(logits, attack.steps);
  logits.dispose();
  const images = last.map((read, row) => ({ ...read, fooledAt: fooledAt[row] ?? null }));
  return { images, perturbation: final };
}

/** U(-epsilon, epsilon) for every pixel, as patches. */
function randomStart(
  { clip }: PromptedClip,
  examples: Example[],
  { epsilon, name }: EvaluationAttack,
  seed: number,
  restart: number,
): tf.Tensor3D {
  const { imageSize, patchSize } = clip.shape;
  const perImage = 3 * imageSize * imageSize;
  const values = new Float32Array(perImage * examples.length);
  for (const [row, { id }] of examples.entries()) {
    const random = stream(seed, 'attack', name, restart, id);
    values.set(uniform(random, perImage, -epsilon, epsilon), row * perImage);
  }
  return tf.tidy(() =>
    toPatches(tf.tensor4d(values, [examples.length, 3, imageSize, imageSize]), patchSize),
  );
}

/** Image by image the restart that is worse for the model: fooled before not, then the smaller margin. */
function worseOf(a: AttackedBatch, b: AttackedBatch, examples: Example[]): AttackedBatch {
  const takeB = examples.map(({ label }, row) => {
    const [x, y] = [a.images[row] as AttackedImage, b.images[row] as AttackedImage];
    const [fooledX, fooledY] = [x.predicted !== label, y.predicted !== label];
    return fooledX === fooledY ? y.margin < x.margin : fooledY;
  });
  const images = examples.map((_, row) => {
    const [x, y] = [a.images[row] as AttackedImage, b.images[row] as AttackedImage];
    const steps = [x.fooledAt, y.fooledAt].filter((s) => s !== null);
    return { ...(takeB[row] ? y : x), fooledAt: steps.length ? Math.min(...steps) : null };
  });
  const perturbation = tf.tidy(() => {
    const choice = tf.tensor(takeB.map(Number), [examples.length, 1, 1]);
    return tf.add(
      tf.mul(b.perturbation, choice),
      tf.mul(a.perturbation, tf.sub(1, choice)),
    ) as tf.Tensor3D;
  });
  tf.dispose([a.perturbation, b.perturbation]);
  return { images, perturbation };
}
