import type * as tf from '@tensorflow/tfjs-core';
import { deeper, projectedPrompts } from './initial.ts';
import { project } from './learner.ts';
import type { LearnerKind } from './learners.ts';

/**
 * FAP's learner, which AdvMaPLe and CBA-FAPT share (methods 3.6, 3.7; A4): the first image prompt is
 * a projection of the learned words, each deeper text prompt a projection of the image prompt of its
 * block. Weights of projections are [out, in]; the deep ones start as copies of one layer.
 */
export const coupled: LearnerKind = {
  lists(get, depth) {
    const words = get('text.0') as tf.Tensor2D;
    const visual = (index: number) => get(`visual.${index}`) as tf.Tensor2D;
    return {
      image: [project(get, 0, words), ...deeper(depth).map(visual)],
      text: [words, ...deeper(depth).map((index) => project(get, index, visual(index)))],
    };
  },
  initial: (start) => projectedPrompts(start, 'visual'),
};
