import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './losses.ts';
import { adversarialOf, cleanOf, type LossContext, type LossTerm } from './method.ts';

/** mean CE(clean). */
export function naturalTerm(context: LossContext, weight = 1): LossTerm {
  const value = tf.mean(crossEntropy(cleanOf(context).logits, context.oneHot)) as tf.Scalar;
  return { name: 'nat', weight, value };
}

/** mean CE(adversarial). */
export function adversarialTerm(context: LossContext, weight = 1): LossTerm {
  const value = tf.mean(crossEntropy(adversarialOf(context).logits, context.oneHot)) as tf.Scalar;
  return { name: 'adv', weight, value };
}
