import * as tf from '@tensorflow/tfjs-core';
import type { TrainingAttack } from '../../shared/attack.ts';
import { pgd } from '../attacks/pgd.ts';
import { crossEntropy, klDivergence } from '../methods/losses.ts';
import { oneHotRows } from '../one-hot.ts';
import { untaped } from '../untaped.ts';
import { attackWithPrompts } from './perturbed-prompts.ts';
import { imageLogits, type PromptedClip } from './prompted-clip.ts';

export type Batch = {
  /** Clean pixels as patches [B, M, 3 P P]. */
  patches: tf.Tensor3D;
  labels: number[];
  /** The attack's random start, same shape as the patches. */
  start: tf.Tensor3D;
};

/** Rows [B, K] with a 1 at each image's class. */
export function classRows(labels: number[], classes: number): tf.Tensor2D {
  return oneHotRows(labels, classes);
}

/**
 * The training attack on the prompted model (methods 1.5): ascent on CE with the true labels, or on
 * KL(p_clean || p_adv). Text features and the clean logits are constants of the attack.
 *
 * @param textFeatures of all classes [K, E]
 * @param known the clean logits [B, K] where they have been computed
 * @returns the attacked images as patches
 */
export function attackBatch(
  model: PromptedClip,
  batch: Batch,
  attack: TrainingAttack,
  textFeatures: tf.Tensor2D,
  known: tf.Tensor2D | null = null,
): tf.Tensor3D {
  if (attack.prompts === 'perturbed') return attackWithPrompts(model, batch, attack);
  const { patches, labels, start } = batch;
  return untaped(() => {
    const oneHot = classRows(labels, model.layout.ends.length);
    const clean =
      attack.loss === 'kl' ? (known ?? imageLogits(model, patches, textFeatures)) : null;
    const loss = (perturbed: tf.Tensor) => {
      const logits = imageLogits(model, perturbed as tf.Tensor3D, textFeatures);
      const each = clean ? klDivergence(clean, logits) : crossEntropy(logits, oneHot);
      return tf.sum(each) as tf.Scalar;
    };
    return tf.add(patches, pgd(patches, start, attack, loss)) as tf.Tensor3D;
  });
}
