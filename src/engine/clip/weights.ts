import * as tf from '@tensorflow/tfjs-core';
import type { Linear } from './primitives.ts';

/** Sizes of a CLIP, all read from the weights' own shapes but for the heads. */
export type ClipShape = {
  imageSize: number;
  patchSize: number;
  imageWidth: number;
  imageHeads: number;
  imageBlocks: number;
  textWidth: number;
  textHeads: number;
  textBlocks: number;
  vocabularySize: number;
  contextLength: number;
  embeddingWidth: number;
};

/**
 * One residual attention block. The scale and shift of each layer norm are folded into the linear
 * behind it (exact: `(n s + t) W + b = n (s W) + (t W + b)`), so a block normalises without them.
 */
export type BlockWeights = {
  /** [D, 3 D]: queries, keys and values side by side. */
  attentionIn: Linear;
  attentionOut: Linear;
  mlpIn: Linear;
  mlpOut: Linear;
};

export type ClipWeights = {
  shape: ClipShape;
  image: {
    /** [3 P P, D] on raw pixels in [0, 1]: CLIP's normalisation is folded in. */
    patch: Linear;
    classEmbedding: tf.Tensor1D;
    /** [1 + M, D]. */
    positions: tf.Tensor2D;
    /** Scale and shift of the norm before the first block; it feeds the residual stream itself. */
    normScale: tf.Tensor1D;
    normShift: tf.Tensor1D;
    blocks: BlockWeights[];
    /** Final norm and projection, [D, E]. */
    projection: Linear;
  };
  text: {
    /** [V, D]. */
    tokenEmbedding: tf.Tensor2D;
    /** [L, D]. */
    positions: tf.Tensor2D;
    blocks: BlockWeights[];
    projection: Linear;
  };
  /** exp(logit_scale): what a cosine is multiplied by. */
  logitScale: number;
};

/** Every tensor of the weights, for disposal and counting. */
export function weightTensors(weights: ClipWeights): tf.Tensor[] {
  const linear = (l: Linear) => (l.bias ? [l.weight, l.bias] : [l.weight]);
  const block = (b: BlockWeights) =>
    [b.attentionIn, b.attentionOut, b.mlpIn, b.mlpOut].flatMap(linear);
  const { image, text } = weights;
  return [
    ...linear(image.patch),
    image.classEmbedding,
    image.positions,
    image.normScale,
    image.normShift,
    ...image.blocks.flatMap(block),
    ...linear(image.projection),
    text.tokenEmbedding,
    text.positions,
    ...text.blocks.flatMap(block),
    ...linear(text.projection),
  ];
}

export function disposeWeights(weights: ClipWeights): void {
  tf.dispose(weightTensors(weights));
}
