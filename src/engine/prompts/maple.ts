import type * as tf from '@tensorflow/tfjs-core';
import { deeper, projectedPrompts } from './initial.ts';
import { project } from './learner.ts';
import type { LearnerKind } from './learners.ts';

/**
 * MaPLe's learner (Khattak et al. 2023; methods 3.6): every image prompt is a projection of the text
 * prompt of its block. The deep projections start as copies of one layer.
 */
export const maple: LearnerKind = {
  lists(get, depth) {
    const text = [0, ...deeper(depth)].map((index) => get(`text.${index}`) as tf.Tensor2D);
    return { text, image: text.map((prompt, index) => project(get, index, prompt)) };
  },
  initial: (start) => projectedPrompts(start, 'text'),
};
