import * as tf from '@tensorflow/tfjs-core';
import { encodeImage, type ImageEncoding, toPatches } from '../clip/image-tower.ts';
import { PIXEL_STD } from '../clip/load-clip.ts';
import { logitsOf } from '../clip/similarity.ts';
import { textFeatures } from '../clip/text-chunks.ts';
import type { TextLayout } from '../clip/text-layout.ts';
import { encodeText, type TextEncoding } from '../clip/text-tower.ts';
import type { ClipWeights } from '../clip/weights.ts';
import type { PromptLearner } from '../prompts/learner.ts';

/** A CLIP with a set of classes and its prompts: everything a forward pass needs. */
export type PromptedClip = {
  clip: ClipWeights;
  layout: TextLayout;
  learner: PromptLearner;
  /** Features of all classes [K, E] where nothing of the text is learned: computed once. */
  fixedText?: tf.Tensor2D | null;
  /** Features that APT's attack reads where it keeps to a constant hand prompt [K, E]. */
  constantText?: tf.Tensor2D | null;
  /** Features of the hand prompts [K, E], for losses that look at CLIP as it was. */
  frozenText?: tf.Tensor2D | null;
  /** The learned border is left out of every forward pass, as AdvVP's published test does (methods Q2). */
  leaveOutFrame?: boolean;
};

export function imageEncoding(
  { clip, learner, leaveOutFrame }: PromptedClip,
  patches: tf.Tensor3D,
): ImageEncoding {
  const { image, frame } = learner.prompts();
  return encodeImage(clip, frame && !leaveOutFrame ? framed(clip, patches, frame) : patches, image);
}

/** Whether a border is learned. */
export function hasFrame({ learner }: PromptedClip): boolean {
  let found = false;
  tf.tidy(() => {
    found = Boolean(learner.prompts().frame);
  });
  return found;
}

/**
 * Patches with a border added in normalised space [1, 3, S, S]: the normalisation is part of the patch
 * embedding, so the border is brought into raw pixels here. Nothing is clipped (methods 3.4).
 */
function framed(clip: ClipWeights, patches: tf.Tensor3D, frame: tf.Tensor4D): tf.Tensor3D {
  const raw = tf.mul(frame, tf.tensor([...PIXEL_STD], [1, 3, 1, 1])) as tf.Tensor4D;
  return tf.add(patches, toPatches(raw, clip.shape.patchSize));
}

export function textEncoding({ clip, layout, learner }: PromptedClip): TextEncoding {
  const { text, placed } = learner.prompts();
  return encodeText(clip, layout, text, placed);
}

/** Unnormalised features [K, E] of all classes, without a tape; the caller disposes. */
export function allTextFeatures({ clip, layout, learner, fixedText }: PromptedClip): tf.Tensor2D {
  if (fixedText) return tf.clone(fixedText);
  return tf.tidy(() => {
    const { text, placed } = learner.prompts();
    return textFeatures(clip, layout, text, placed);
  });
}

/** Logits [B, K] of patches against text features that are computed once (methods 4). */
export function imageLogits(
  model: PromptedClip,
  patches: tf.Tensor3D,
  texts: tf.Tensor2D,
): tf.Tensor2D {
  return logitsOf(imageEncoding(model, patches).features, texts, model.clip.logitScale);
}

/** One encoding of a joint batch, cut into its first and its last `count` images. */
export function halves(joint: ImageEncoding, count: number): [ImageEncoding, ImageEncoding] {
  const cut = (begin: number): ImageEncoding => {
    const rows = <T extends tf.Tensor>(x: T) =>
      tf.slice(x, [begin, ...x.shape.slice(1).map(() => 0)], [count, ...x.shape.slice(1)]) as T;
    const { features, last, keys, values, beforeLast } = joint;
    return {
      features: rows(features),
      last: {
        input: rows(last.input),
        query: rows(last.query),
        output: rows(last.output),
        result: rows(last.result),
      },
      keys: rows(keys),
      values: rows(values),
      beforeLast: rows(beforeLast),
    };
  };
  return [cut(0), cut(count)];
}

/** The inverse of `halves`. */
export function joined(first: ImageEncoding, second: ImageEncoding): ImageEncoding {
  const rows = <T extends tf.Tensor>(x: T, y: T) => tf.concat([x, y]) as T;
  const [a, b] = [first.last, second.last];
  return {
    features: rows(first.features, second.features),
    last: {
      input: rows(a.input, b.input),
      query: rows(a.query, b.query),
      output: rows(a.output, b.output),
      result: rows(a.result, b.result),
    },
    keys: rows(first.keys, second.keys),
    values: rows(first.values, second.values),
    beforeLast: rows(first.beforeLast, second.beforeLast),
  };
}
