import * as tf from '@tensorflow/tfjs-core';
import { random } from './initial.ts';
import type { LearnerKind } from './learners.ts';

/**
 * AdvVP's learner, TeCoA's visual prompt (methods 3.4): a border of pixels added after normalisation,
 * and a few tokens behind the patches of the first block, without positional embedding.
 */
export const frame: LearnerKind = {
  lists(get) {
    const left = get('frame.left') as tf.Tensor4D;
    const inner = left.shape[2];
    const size = (get('frame.up') as tf.Tensor4D).shape[3];
    const hole = tf.zeros([1, 3, inner, size - 2 * left.shape[3]]);
    const middle = tf.concat([left, hole as tf.Tensor4D, get('frame.right') as tf.Tensor4D], 3);
    const whole = tf.concat(
      [get('frame.up') as tf.Tensor4D, middle, get('frame.down') as tf.Tensor4D],
      2,
    );
    return { image: [get('visual.0') as tf.Tensor2D], text: null, frame: whole };
  },
  initial({ contextLength, border, shape, seed }) {
    const { imageSize, imageWidth } = shape;
    const wide = [1, 3, border, imageSize];
    const high = [1, 3, imageSize - 2 * border, border];
    return {
      ...random(seed, 'frame.up', wide, 1),
      ...random(seed, 'frame.down', wide, 1),
      ...random(seed, 'frame.left', high, 1),
      ...random(seed, 'frame.right', high, 1),
      ...random(seed, 'visual.0', [contextLength, imageWidth], 1),
    };
  },
};
