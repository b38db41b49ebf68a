import * as tf from '@tensorflow/tfjs-core';
import { cosine } from '../clip/similarity.ts';
import { crossEntropy, klDivergence } from './losses.ts';
import { cleanOf, type Method } from './method.ts';

/**
 * FAP (Zhou et al. 2024, methods 3.7): L = mean CE(clean) + lambda mean[KL(p_clean || p_adv)
 * (cos(v_clean, v_adv) + 1)]. Nothing is detached, as in the published code.
 */
export const fap: Method = {
  prompts: 'coupled',
  needsClean: true,
  terms(context) {
    const { adversarial, oneHot, options } = context;
    const clean = cleanOf(context);
    const divergence = klDivergence(clean.logits, adversarial.logits);
    const likeness = cosine(clean.encoding.features, adversarial.encoding.features);
    return [
      { name: 'nat', weight: 1, value: tf.mean(crossEntropy(clean.logits, oneHot)) },
      {
        name: 'adv',
        weight: options.lambda,
        value: tf.mean(tf.mul(divergence, tf.add(likeness, 1))),
      },
    ];
  },
};
