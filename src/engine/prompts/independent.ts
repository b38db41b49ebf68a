import type * as tf from '@tensorflow/tfjs-core';
import { contextWords, deeper, random } from './initial.ts';
import type { InitialValues } from './learner.ts';
import type { LearnerKind } from './learners.ts';

/** AdvVLP's learner (methods 3.5): prompts of their own in both towers, without coupling. */
export const independent: LearnerKind = {
  lists(get, depth) {
    const all = (tower: string) =>
      [0, ...deeper(depth)].map((index) => get(`${tower}.${index}`) as tf.Tensor2D);
    return { image: all('visual'), text: all('text') };
  },
  initial(start) {
    const { depth, contextLength, shape, seed } = start;
    const initial: InitialValues = contextWords(start);
    for (const index of deeper(depth)) {
      Object.assign(initial, random(seed, `text.${index}`, [contextLength, shape.textWidth]));
    }
    for (const index of [0, ...deeper(depth)]) {
      Object.assign(initial, random(seed, `visual.${index}`, [contextLength, shape.imageWidth]));
    }
    return initial;
  },
};
