import * as tf from '@tensorflow/tfjs-core';
import { contextWords } from './initial.ts';
import type { LearnerKind } from './learners.ts';

/**
 * CoOp's learner (Zhou et al. 2022; methods 3.3): learned words in the text alone, one context for all
 * classes or one a class, at the head of the text or around the name.
 */
export const text: LearnerKind = {
  lists(get, _depth, placed) {
    const context = get('text.0');
    if (!placed) return { image: null, text: [context as tf.Tensor2D] };
    const rows = (context.rank === 3 ? context : tf.expandDims(context, 0)) as tf.Tensor3D;
    return { image: null, text: null, placed: rows };
  },
  initial: contextWords,
};
