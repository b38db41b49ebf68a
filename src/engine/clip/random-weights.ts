import * as tf from '@tensorflow/tfjs-core';
import { normal, stream } from '../random.ts';
import { patchLinear } from './load-clip.ts';
import type { Linear } from './primitives.ts';
import type { BlockWeights, ClipShape, ClipWeights } from './weights.ts';

/** Draws kept and reused: sizes matter here, not the independence of 150 million numbers. */
const POOL = 1 << 20;

/**
 * Random weights at CLIP's initial scale (Radford et al. 2021, section 2.4 and its code): width^-0.5
 * for what reads the residual stream, (2 width blocks)^-0.5 more for what writes to it.
 */
export function randomClip(shape: ClipShape, seed: number): ClipWeights {
  const pool = normal(stream(seed, 'random-clip'), POOL, 1);
  let position = 0;
  const draw = (dimensions: number[], deviation: number): tf.Tensor => {
    const count = dimensions.reduce((a, b) => a * b, 1);
    const values = new Float32Array(count);
    for (let i = 0; i < count; i += 1) {
      values[i] = deviation * (pool[position] as number);
      position = (position + 1) % POOL;
    }
    position = (position + 7919) % POOL;
    return tf.tensor(values, dimensions);
  };
  const linear = (input: number, output: number, deviation: number): Linear => ({
    weight: draw([input, output], deviation) as tf.Tensor2D,
    bias: tf.zeros([output]) as tf.Tensor1D,
  });
  const block = (width: number, blocks: number): BlockWeights => ({
    attentionIn: linear(width, 3 * width, width ** -0.5),
    attentionOut: linear(width, width, width ** -0.5 * (2 * blocks) ** -0.5),
    mlpIn: linear(width, 4 * width, (2 * width) ** -0.5),
    mlpOut: linear(4 * width, width, width ** -0.5 * (2 * blocks) ** -0.5),
  });
  const { imageWidth, textWidth, patchSize } = shape;
  const count = (shape.imageSize / patchSize) ** 2;
  const pixels = 3 * patchSize * patchSize;
  return {
    shape,
    image: {
      patch: patchLinear(draw([imageWidth, 3, patchSize, patchSize], pixels ** -0.5)),
      classEmbedding: draw([imageWidth], imageWidth ** -0.5) as tf.Tensor1D,
      positions: draw([count + 1, imageWidth], imageWidth ** -0.5) as tf.Tensor2D,
      normScale: tf.ones([imageWidth]) as tf.Tensor1D,
      normShift: tf.zeros([imageWidth]) as tf.Tensor1D,
      blocks: Array.from({ length: shape.imageBlocks }, () => block(imageWidth, shape.imageBlocks)),
      projection: linear(imageWidth, shape.embeddingWidth, imageWidth ** -0.5),
    },
    text: {
      tokenEmbedding: draw([shape.vocabularySize, textWidth], 0.02) as tf.Tensor2D,
      positions: draw([shape.contextLength, textWidth], 0.01) as tf.Tensor2D,
      blocks: Array.from({ length: shape.textBlocks }, () => block(textWidth, shape.textBlocks)),
      projection: linear(textWidth, shape.embeddingWidth, textWidth ** -0.5),
    },
    logitScale: 1 / 0.07,
  };
}
