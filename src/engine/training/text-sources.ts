import type * as tf from '@tensorflow/tfjs-core';
import { type ChosenTexts, chooseTexts } from '../attribution/maps.ts';
import { chosenLayout, groupedFeatures, lengthGroups } from '../clip/text-chunks.ts';
import { encodeOwn, encodeShared } from '../clip/text-tower.ts';
import { once } from '../once.ts';
import { type PromptedClip, textEncoding } from './prompted-clip.ts';

/** Where a loss takes the text side from. */
export type TextSource = {
  /** Features of all classes [K, E]. */
  features: tf.Tensor2D;
  /** The text of each image's true class, on the tape. */
  texts: () => ChosenTexts;
};

/** All classes on one tape, short texts apart from long ones where that saves work. */
export function wholeText(model: PromptedClip, labels: number[]): TextSource {
  const { clip, layout, learner, fixedText } = model;
  if (fixedText) return givenText(model, labels, fixedText);
  if (lengthGroups(layout).length === 1) {
    const text = textEncoding(model);
    return { features: text.features, texts: once(() => chooseTexts(text, layout, labels)) };
  }
  const { text, placed } = learner.prompts();
  const shared = encodeShared(clip, layout, text);
  const features = groupedFeatures(clip, layout, shared, placed);
  return givenText(model, labels, features, () => shared);
}

/**
 * Features as given (their gradient goes on from there by itself), and on the tape only the few
 * classes that the batch holds, for the losses that look into their last block.
 */
export function givenText(
  { clip, layout, learner }: PromptedClip,
  labels: number[],
  features: tf.Tensor2D,
  shared = () => encodeShared(clip, layout, learner.prompts().text),
): TextSource {
  const distinct = [...new Set(labels)];
  const own = chosenLayout(layout, distinct);
  const places = labels.map((label) => distinct.indexOf(label));
  return {
    features,
    texts: once(() =>
      chooseTexts(encodeOwn(clip, own, shared(), learner.prompts().placed), own, places),
    ),
  };
}
