import * as tf from '@tensorflow/tfjs-core';
import { crossEntropy } from './losses.ts';
import type { Method } from './method.ts';

/** AdvMaPLe as FAP's authors compare with it (methods 3.6): L = mean CE(adversarial). */
export const advMaple: Method = {
  prompts: 'coupled',
  needsClean: false,
  terms: ({ adversarial, oneHot }) => [
    { name: 'adv', weight: 1, value: tf.mean(crossEntropy(adversarial.logits, oneHot)) },
  ],
};
