import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { EvaluationAttack } from '../../shared/attack.ts';
import type { AttackObservation } from '../../shared/attack-sanity.ts';
import type { Example } from '../../shared/engine-contract.ts';
import type { Warning } from '../../shared/results.ts';
import { attackSteps } from '../attacks/attack.ts';
import { attackWarnings } from '../attacks/attack-warnings.ts';
import { drawInBall, intoBox } from '../attacks/ball.ts';
import { normOf } from '../attacks/box-projection.ts';
import type { AttackProblem, AttackWatch } from '../attacks/problem.ts';
import { type Read, readRow, splitRows } from '../attacks/query-images.ts';
import type { WorstCase } from '../attacks/worst-case.ts';
import { stream } from '../random.ts';
import { hasFrame, imageLogits, type PromptedClip } from '../training/prompted-clip.ts';

/** A model with the features of its classes [K, E]. */
export type Classifier = { model: PromptedClip; textFeatures: tf.Tensor2D };

export type Subject = Classifier & {
  /** Clean pixels as patches [B, M, 3 P P]. */
  patches: tf.Tensor3D;
  examples: Example[];
  /** Whose gradients make the adversarial images (transfer); null or absent: the model's own. */
  attacker?: Classifier | null;
  /** Sees every iterate of an ascent. */
  watch?: AttackWatch;
};

export type AttackedImage = {
  /** Of the perturbation that is worst for the model. */
  predicted: number;
  margin: number;
  /** First fooled step from 1 over all runs, null if never; the last step where the others are not known. */
  fooledAt: number | null;
  /** AutoAttack: which attack fooled it (`apgd-ce`, `apgd-t`, `fab-t`, `square`). */
  by?: string;
};

export type AttackedBatch = {
  images: AttackedImage[];
  /** Patches [B, M, 3 P P]; the caller disposes. */
  perturbation: tf.Tensor3D;
  observed: AttackObservation;
  /** The same for every batch of an evaluation. */
  warnings: Warning[];
};

/**
 * Prediction and margin (true logit minus the best other) of each row of logits [B, K].
 *
 * @throws FaptError `logits-not-finite`
 */
export function readLogits(logits: tf.Tensor2D, labels: number[]): Read[] {
  const rows = splitRows(logits.dataSync() as Float32Array, logits.shape[1]);
  return rows.map((row, n) => readRow(row, labels[n] as number));
}

/** @param frame `attack-only` leaves the learned border out */
export function classifyImages(
  { model, textFeatures, patches, examples }: Subject,
  frame: EvaluationAttack['frame'] = 'always',
): Read[] {
  const shown = frame === 'attack-only' ? { ...model, leaveOutFrame: true } : model;
  const logits = tf.tidy(() => imageLogits(shown, patches, textFeatures));
  try {
    return readLogits(
      logits,
      examples.map((example) => example.label),
    );
  } finally {
    logits.dispose();
  }
}

/**
 * Any attack on the prompted model, white-box or made on another; yields after every step so that a
 * stop is heard. Each image's draws are named by (seed, attack, purpose, image), so that no result
 * depends on how images are batched.
 *
 * @throws FaptError `logits-not-finite`
 */
export async function* attackImages(
  subject: Subject,
  attack: EvaluationAttack,
  seed: number,
): AsyncGenerator<{ share: number; result: AttackedBatch | null }> {
  const problem = problemOf(subject, seed);
  const steps = attackSteps(problem, attack);
  let found: WorstCase | null = null;
  try {
    while (!found) {
      const next = steps.next();
      if (next.done) found = next.value;
      else {
        yield { share: next.value, result: null };
        // A stop that was asked for meanwhile gets its chance.
        await setImmediate();
      }
    }
  } finally {
    // A caller that stops early ends this generator at a yield, and the attack with it.
    if (!found) steps.return(undefined as never);
  }
  yield { share: 1, result: judge(subject, problem, attack, found) };
}

/** The attacked model as an attack sees it. */
export function problemOf(subject: Subject, seed: number): AttackProblem {
  const { patches, examples } = subject;
  const { model, textFeatures } = subject.attacker ?? subject;
  const { imageSize, patchSize } = model.clip.shape;
  return {
    pixels: patches,
    labels: examples.map(({ label }) => label),
    classes: textFeatures.shape[0],
    imageSize,
    patchSize,
    logits: (pixels) => imageLogits(model, pixels, textFeatures),
    random: (row, ...purpose) => stream(seed, 'attack', ...purpose, (examples[row] as Example).id),
    watch: subject.watch,
  };
}

/** What the attack found, as the model sees it, and what was seen on the way. */
function judge(
  subject: Subject,
  problem: AttackProblem,
  attack: EvaluationAttack,
  found: WorstCase,
): AttackedBatch {
  const perturbation = tf.tensor3d(found.values, subject.patches.shape);
  try {
    const { images, noiseRight } = outcome(subject, problem, attack, found, perturbation);
    const observed = observe(subject, attack, found, perturbation, noiseRight);
    return { images, perturbation, observed, warnings: attackWarnings(attack, problem.classes) };
  } catch (error) {
    perturbation.dispose();
    throw error;
  }
}

/** Predictions of the adversarial images, and how many images one draw of noise leaves right. */
function outcome(
  subject: Subject,
  problem: AttackProblem,
  attack: EvaluationAttack,
  found: WorstCase,
  perturbation: tf.Tensor3D,
): { images: AttackedImage[]; noiseRight: number } {
  const noiseRight = () =>
    readPerturbed(subject, attack, () =>
      intoBox(subject.patches, drawInBall(problem, attack, 'noise', 0)),
    ).filter(({ fooled }) => !fooled).length;
  const named = (row: number) => {
    const by = attack.name === 'autoattack' ? found.by[row] : null;
    return by ? { by } : {};
  };
  const isOwn = !subject.attacker && (attack.frame === 'always' || !hasFrame(subject.model));
  if (isOwn) {
    const images = found.reads.map((read, row) => {
      const { predicted, margin } = read as Read;
      return { predicted, margin, fooledAt: found.fooledAt[row] ?? null, ...named(row) };
    });
    return { images, noiseRight: found.rightAtStart ?? noiseRight() };
  }
  const last = attack.name === 'noise' ? 1 : Math.max(1, attack.steps);
  const images = readPerturbed(subject, attack, () => perturbation).map(
    ({ predicted, margin, fooled }, row) =>
      fooled
        ? { predicted, margin, fooledAt: last, ...named(row) }
        : { predicted, margin, fooledAt: null },
  );
  return { images, noiseRight: noiseRight() };
}

function readPerturbed(
  subject: Subject,
  { frame }: EvaluationAttack,
  perturbation: () => tf.Tensor,
): Read[] {
  const patches = tf.tidy(() => tf.add(subject.patches, perturbation()) as tf.Tensor3D);
  try {
    return classifyImages({ ...subject, patches }, frame);
  } finally {
    patches.dispose();
  }
}

function observe(
  { patches, examples }: Subject,
  { norm }: EvaluationAttack,
  { values, zeroGradientImages }: WorstCase,
  perturbation: tf.Tensor3D,
  noiseRight: number,
): AttackObservation {
  const perImage = values.length / examples.length;
  const distances = examples.map((_, row) =>
    normOf(norm, values.subarray(row * perImage, (row + 1) * perImage)),
  );
  const range = tf.tidy(() => {
    const pixels = tf.add(patches, perturbation);
    return tf.stack([tf.min(pixels), tf.max(pixels)]);
  });
  const [minPixel, maxPixel] = range.dataSync() as unknown as [number, number];
  range.dispose();
  return {
    images: examples.length,
    maxDistance: Math.max(...distances),
    minPixel,
    maxPixel,
    zeroGradientImages,
    noiseRight,
  };
}
