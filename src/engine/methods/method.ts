import type * as tf from '@tensorflow/tfjs-core';
import { FaptError } from '../../shared/errors.ts';
import type { LossOptions } from '../../shared/run-config.ts';
import type { ChosenTexts } from '../attribution/maps.ts';
import type { ImageEncoding } from '../clip/image-tower.ts';
import type { ClipWeights } from '../clip/weights.ts';
import type { LearnerName } from '../prompts/learners.ts';

/** The images of a batch through the prompted model. */
export type View = { logits: tf.Tensor2D; encoding: ImageEncoding };

/** What a training loss is made of, all of it on the tape. */
export type LossContext = {
  clip: ClipWeights;
  /** Each only for methods that ask for it. */
  clean: View | null;
  adversarial: View | null;
  /** True classes [B, K]. */
  oneHot: tf.Tensor2D;
  /** Features of all classes, unnormalised [K, E]. */
  textFeatures: tf.Tensor2D;
  /** The same clean images and classes in CLIP as it was before tuning, with hand-written prompts. */
  frozen: () => { encoding: ImageEncoding; textFeatures: tf.Tensor2D };
  /** The clean images and after them the adversarial ones, as one batch [2 B]; for methods of both views. */
  pair: () => ImageEncoding;
  /** The text of each image's true class, in the order of `pair` where there is one; built on first use. */
  texts: () => ChosenTexts;
  options: LossOptions;
};

/** One named term of a training loss; the loss is the sum of weight * value. */
export type LossTerm = { name: string; weight: number; value: tf.Scalar };

/** A method: what it learns, which images its loss looks at, and the loss. */
export type Method = {
  prompts: LearnerName;
  views: 'clean' | 'adversarial' | 'both';
  /** Whether the loss looks at CLIP as it was before tuning. */
  needsFrozen?: boolean;
  terms(context: LossContext): LossTerm[];
};

/** The clean view of a method that asked for one. */
export function cleanOf({ clean }: LossContext): View {
  if (!clean) throw new Error('this method asked for no clean forward pass');
  return clean;
}

/** The adversarial view of a method that asked for one. */
export function adversarialOf({ adversarial }: LossContext): View {
  if (!adversarial) throw new Error('this method asked for no adversarial forward pass');
  return adversarial;
}

/** The terms whose weight is not 0, in order; the others are not computed. */
export function presentTerms(terms: Record<string, [number, () => tf.Scalar]>): LossTerm[] {
  const present = Object.entries(terms).flatMap(([name, [weight, compute]]) =>
    weight === 0 ? [] : [{ name, weight, value: compute() }],
  );
  if (present.length > 0) return present;
  throw new FaptError(
    'no-loss-term',
    'Every weight of the loss is 0, so there is nothing to minimise: set one of the loss settings above 0.',
  );
}
