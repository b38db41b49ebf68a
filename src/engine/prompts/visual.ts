import type * as tf from '@tensorflow/tfjs-core';
import { deeper, random } from './initial.ts';
import type { InitialValues } from './learner.ts';
import type { LearnerKind } from './learners.ts';

/** Deep visual prompts alone (Jia et al. 2022): learned tokens in the image tower, hand-written texts. */
export const visual: LearnerKind = {
  lists(get, depth) {
    const image = [0, ...deeper(depth)].map((index) => get(`visual.${index}`) as tf.Tensor2D);
    return { image, text: null };
  },
  initial({ depth, contextLength, shape, seed }) {
    const initial: InitialValues = {};
    for (const index of [0, ...deeper(depth)]) {
      Object.assign(initial, random(seed, `visual.${index}`, [contextLength, shape.imageWidth]));
    }
    return initial;
  },
};
