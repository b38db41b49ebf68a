import * as tf from '@tensorflow/tfjs-core';
import { cosine } from '../clip/similarity.ts';
import { naturalLoss } from './cross-entropy.ts';
import { klDivergence } from './losses.ts';
import { adversarialOf, cleanOf, type LossContext, type Method, presentTerms } from './method.ts';

/**
 * FAP (Zhou et al. 2024, methods 3.7): L = mean CE(clean) + lambda mean[KL(p_clean || p_adv)
 * (cos(v_clean, v_adv) + 1)]. Nothing is detached, as in the published code.
 */
export const fap: Method = {
  prompts: 'coupled',
  views: 'both',
  terms(context) {
    const { natural, lambda } = context.options;
    return presentTerms({
      nat: [natural, () => naturalLoss(context)],
      adv: [lambda, () => divergenceAndLikeness(context)],
    });
  },
};

function divergenceAndLikeness(context: LossContext): tf.Scalar {
  const [clean, adversarial] = [cleanOf(context), adversarialOf(context)];
  const divergence = klDivergence(clean.logits, adversarial.logits);
  const likeness = cosine(clean.encoding.features, adversarial.encoding.features);
  return tf.mean(tf.mul(divergence, tf.add(likeness, 1)));
}
