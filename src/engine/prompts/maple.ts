import type * as tf from '@tensorflow/tfjs-core';
import { contextWords, deeper, projectionOf, random, randomLinear } from './initial.ts';
import { type InitialValues, project } from './learner.ts';
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
  initial(start) {
    const { depth, contextLength, shape, seed } = start;
    const { textWidth, imageWidth } = shape;
    const initial: InitialValues = {
      ...contextWords(start),
      ...projectionOf(0, randomLinear(seed, 'project.0', textWidth, imageWidth)),
    };
    const deep = randomLinear(seed, 'project.deep', textWidth, imageWidth);
    for (const index of deeper(depth)) {
      Object.assign(initial, random(seed, `text.${index}`, [contextLength, textWidth]));
      Object.assign(initial, projectionOf(index, deep));
    }
    return initial;
  },
};
