import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './losses.ts';
import { adversarialOf, cleanOf, type LossContext, type LossTerm } from './method.ts';

/** mean CE(clean). */
export function naturalLoss(context: LossContext): tf.Scalar {
  return tf.mean(crossEntropy(cleanOf(context).logits, context.oneHot)) as tf.Scalar;
}

/** mean CE(adversarial). */
export function adversarialLoss(context: LossContext): tf.Scalar {
  return tf.mean(crossEntropy(adversarialOf(context).logits, context.oneHot)) as tf.Scalar;
}

/** The loss of methods that train on clean images alone. */
export function naturalTerm(context: LossContext): LossTerm {
  return { name: 'nat', weight: 1, value: naturalLoss(context) };
}

/** The loss of methods that train on adversarial images alone. */
export function adversarialTerm(context: LossContext): LossTerm {
  return { name: 'adv', weight: 1, value: adversarialLoss(context) };
}
