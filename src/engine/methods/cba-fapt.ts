import * as tf from '@tensorflow/tfjs-core';
import { imageMap, mapOptionsOf, textMap } from '../attribution/maps.ts';
import { mapDistance, tokenKl } from '../attribution/stability.ts';
import { detach } from '../custom-op.ts';
import { adversarialLoss, naturalLoss } from './cross-entropy.ts';
import { type LossContext, type Method, presentTerms } from './method.ts';

/**
 * CBA-FAPT (Feng et al. 2026, eq. 11): L = CE(clean) + alpha CE(adversarial) + beta L_VAA
 * + gamma L_TAA. Both maps explain the true class, for the clean and the adversarial image (A13).
 * A term of weight 0 is left out (the rows of the paper's Table 3).
 */
export const cbaFapt: Method = {
  prompts: 'coupled',
  views: 'both',
  terms(context) {
    const { natural, alpha, beta, gamma } = context.options;
    return presentTerms({
      nat: [natural, () => naturalLoss(context)],
      adv: [alpha, () => adversarialLoss(context)],
      vaa: [beta, () => visualAlignment(context)],
      taa: [gamma, () => textualAlignment(context)],
    });
  },
};

type MapOf = typeof imageMap | typeof textMap;

/** The clean and the adversarial map of a batch, made together: half the operations. */
function mapPair(context: LossContext, mapOf: MapOf) {
  const options = mapOptionsOf(context.options, context.clip);
  const both = mapOf(context.clip, context.pair(), context.texts(), options);
  const [clean, adversarial] = tf.split(both, 2) as [tf.Tensor2D, tf.Tensor2D];
  return { clean: context.options.detachClean ? detach(clean) : clean, adversarial };
}

/** L_VAA, eq. 9: mean over images of the l2 distance of the visual maps. */
function visualAlignment(context: LossContext): tf.Scalar {
  const { clean, adversarial } = mapPair(context, imageMap);
  return tf.mean(mapDistance(clean, adversarial));
}

/** L_TAA, eq. 10: mean over images of KL(clean || adversarial) of the textual maps. */
function textualAlignment(context: LossContext): tf.Scalar {
  const { clean, adversarial } = mapPair(context, textMap);
  const [mask] = tf.split(context.texts().mask, 2) as [tf.Tensor2D, tf.Tensor2D];
  return tf.mean(tokenKl(clean, adversarial, mask, context.options.tokenNormalization));
}
