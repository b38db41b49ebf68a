import * as tf from '@tensorflow/tfjs-core';
import { encodeImage, type ImageEncoding } from '../clip/image-tower.ts';
import { logitsOf } from '../clip/similarity.ts';
import { textFeatures } from '../clip/text-chunks.ts';
import type { TextLayout } from '../clip/text-layout.ts';
import { encodeText, type TextEncoding } from '../clip/text-tower.ts';
import type { ClipWeights } from '../clip/weights.ts';
import type { PromptLearner } from '../prompts/learner.ts';

/** A CLIP with a set of classes and its prompts: everything a forward pass needs. */
export type PromptedClip = { clip: ClipWeights; layout: TextLayout; learner: PromptLearner };

export function imageEncoding(
  { clip, learner }: PromptedClip,
  patches: tf.Tensor3D,
): ImageEncoding {
  return encodeImage(clip, patches, learner.prompts().image);
}

export function textEncoding({ clip, layout, learner }: PromptedClip): TextEncoding {
  return encodeText(clip, layout, learner.prompts().text);
}

/** Unnormalised features [K, E] of all classes, without a tape; the caller disposes. */
export function allTextFeatures({ clip, layout, learner }: PromptedClip): tf.Tensor2D {
  return tf.tidy(() => textFeatures(clip, layout, learner.prompts().text));
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
    const { features, last, keys, values } = joint;
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
    };
  };
  return [cut(0), cut(count)];
}
