import * as tf from '@tensorflow/tfjs-core';
import { imageMap, type MapOptions, textMap } from '../attribution/maps.ts';
import { mapDistance, tokenKl } from '../attribution/stability.ts';
import { detach } from '../custom-op.ts';
import { adversarialTerm, naturalTerm } from './cross-entropy.ts';
import { adversarialOf, cleanOf, type LossContext, type Method, type View } from './method.ts';

/**
 * CBA-FAPT (Feng et al. 2026, eq. 11): L = CE(clean) + alpha CE(adversarial) + beta L_VAA
 * + gamma L_TAA. Both maps explain the true class, for the clean and the adversarial image (A13).
 */
export const cbaFapt: Method = {
  prompts: 'coupled',
  views: 'both',
  terms(context) {
    const { options } = context;
    return [
      naturalTerm(context),
      adversarialTerm(context, options.alpha),
      { name: 'vaa', weight: options.beta, value: visualAlignment(context) },
      { name: 'taa', weight: options.gamma, value: textualAlignment(context) },
    ];
  },
};

function mapOptions({ options, clip }: LossContext): MapOptions {
  return {
    scoreScale: options.score === 'logit' ? clip.logitScale : 1,
    detachWeights: options.detachWeights,
  };
}

type MapOf = typeof imageMap | typeof textMap;

/** The clean and the adversarial map of a batch. */
function mapPair(context: LossContext, mapOf: MapOf) {
  const options = mapOptions(context);
  const texts = context.texts();
  const map = (encoding: View['encoding']) => mapOf(context.clip, encoding, texts, options);
  const clean = map(cleanOf(context).encoding);
  return {
    clean: context.options.detachClean ? detach(clean) : clean,
    adversarial: map(adversarialOf(context).encoding),
  };
}

/** L_VAA, eq. 9: mean over images of the l2 distance of the visual maps. */
function visualAlignment(context: LossContext): tf.Scalar {
  const { clean, adversarial } = mapPair(context, imageMap);
  return tf.mean(mapDistance(clean, adversarial));
}

/** L_TAA, eq. 10: mean over images of KL(clean || adversarial) of the textual maps. */
function textualAlignment(context: LossContext): tf.Scalar {
  const { clean, adversarial } = mapPair(context, textMap);
  const { mask } = context.texts();
  return tf.mean(tokenKl(clean, adversarial, mask, context.options.tokenNormalization));
}
