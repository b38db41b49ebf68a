import { coupled } from './coupled.ts';
import { frame } from './frame.ts';
import { independent } from './independent.ts';
import type { LearnerStart } from './initial.ts';
import {
  type GetParameter,
  type InitialValues,
  PromptLearner,
  type PromptLists,
} from './learner.ts';
import { maple } from './maple.ts';
import { text } from './text.ts';
import { visual } from './visual.ts';

/** A way to learn prompts: its tensors at the start, and how they become the towers' prompts. */
export type LearnerKind = {
  initial(start: LearnerStart): InitialValues;
  /** @param placed whether contexts stand elsewhere than at the head, or differ by class */
  lists(get: GetParameter, depth: number, placed: boolean): PromptLists;
};

const none: LearnerKind = { initial: () => ({}), lists: () => ({ image: null, text: null }) };

export const LEARNERS = { none, text, visual, frame, independent, maple, coupled } as const;
export type LearnerName = keyof typeof LEARNERS;

/** Whether a learner learns words, and so needs texts with places for them. */
export function learnsText(name: LearnerName): boolean {
  return name !== 'none' && name !== 'visual' && name !== 'frame';
}

/** A learner with given values, `depth` blocks deep. */
export function makeLearner(
  name: LearnerName,
  initial: InitialValues,
  depth: number,
  placed = false,
): PromptLearner {
  return new PromptLearner(initial, (get) => LEARNERS[name].lists(get, depth, placed));
}
