import * as tf from '@tensorflow/tfjs-core';
import { mapDistance } from '../attribution/stability.ts';
import { textGuidedMap } from '../attribution/text-guided-map.ts';
import { unit } from '../clip/similarity.ts';
import { detach } from '../custom-op.ts';
import { adversarialLoss } from './cross-entropy.ts';
import {
  adversarialOf,
  cleanOf,
  type LossContext,
  type Method,
  presentTerms,
  type View,
} from './method.ts';

/**
 * The losses of TGA-ZSR (Yu et al. 2024; methods 3.8) with prompts instead of the encoder's weights:
 * L = CE(adversarial) + refine mean||a(x_adv) - a_frozen(x)|| + constrain mean||a(x) - a_frozen(x)||.
 * a is the text-guided attention map of the true class; the frozen model is CLIP without learned
 * prompts. Text features are constants to the maps, as published.
 */
export const tga: Method = {
  prompts: 'coupled',
  views: 'both',
  needsFrozen: true,
  terms(context) {
    const { refine, constrain } = context.options;
    const map = tunedMap(context);
    const reference = frozenMap(context);
    return presentTerms({
      adv: [1, () => adversarialLoss(context)],
      refine: [refine, () => tf.mean(mapDistance(map(adversarialOf(context)), reference))],
      constrain: [constrain, () => tf.mean(mapDistance(map(cleanOf(context)), reference))],
    });
  },
};

function tunedMap({ clip, oneHot, textFeatures }: LossContext) {
  const texts = tf.matMul(oneHot, unit(detach(textFeatures))) as tf.Tensor2D;
  return ({ encoding }: View) => textGuidedMap(clip, encoding, texts);
}

function frozenMap({ clip, oneHot, frozen }: LossContext): tf.Tensor2D {
  const { encoding, textFeatures } = frozen();
  return detach(
    textGuidedMap(clip, encoding, tf.matMul(oneHot, unit(textFeatures)) as tf.Tensor2D),
  );
}
