import * as tf from '@tensorflow/tfjs-core';
import type { ClipShape } from '../clip/weights.ts';
import { normal, stream, uniform } from '../random.ts';
import { type InitialValues, PromptLearner, type PromptLists } from './learner.ts';

/** Deviation of prompts that start at random (CoOp, MaPLe, FAP). */
const PROMPT_DEVIATION = 0.02;

/**
 * FAP's learner, which AdvMaPLe and CBA-FAPT share (methods 3.6, 3.7; A4): the first image prompt is
 * a projection of the learned words, each deeper text prompt a projection of the image prompt of its
 * block. Weights of projections are [out, in].
 */
export function coupledLearner(initial: InitialValues, depth: number): PromptLearner {
  return new PromptLearner(initial, (get) => coupledLists(get, depth));
}

function coupledLists(get: (name: string) => tf.Tensor, depth: number): PromptLists {
  const projected = (x: tf.Tensor, index: number) =>
    tf.add(
      tf.matMul(x as tf.Tensor2D, get(`project.${index}.weight`) as tf.Tensor2D, false, true),
      get(`project.${index}.bias`),
    ) as tf.Tensor2D;
  const deeper = Array.from({ length: depth - 1 }, (_, i) => i + 1);
  const visual = (index: number) => get(`visual.${index}`) as tf.Tensor2D;
  const words = get('text.0') as tf.Tensor2D;
  return {
    image: [projected(words, 0), ...deeper.map(visual)],
    text: [words, ...deeper.map((index) => projected(visual(index), index))],
  };
}

/**
 * Start values: the words' embeddings [P, text width], image prompts from N(0, 0.02^2), projections
 * from U(+-1 / sqrt(in)) as PyTorch's Linear has it, the deep ones identical copies of one layer.
 */
export function initialCoupled(
  words: Float32Array,
  contextLength: number,
  depth: number,
  shape: ClipShape,
  seed: number,
): InitialValues {
  const { textWidth, imageWidth } = shape;
  const linear = (name: string, input: number, output: number) => {
    const limit = 1 / Math.sqrt(input);
    const draw = (part: string, count: number) =>
      uniform(stream(seed, 'init', name, part), count, -limit, limit);
    return { weight: draw('weight', input * output), bias: draw('bias', output) };
  };
  const initial: InitialValues = { 'text.0': { shape: [contextLength, textWidth], values: words } };
  const put = (index: number, layer: ReturnType<typeof linear>, input: number, output: number) => {
    initial[`project.${index}.weight`] = { shape: [output, input], values: layer.weight };
    initial[`project.${index}.bias`] = { shape: [output], values: layer.bias };
  };
  put(0, linear('project.0', textWidth, imageWidth), textWidth, imageWidth);
  const deep = linear('project.deep', imageWidth, textWidth);
  for (let index = 1; index < depth; index += 1) {
    const values = normal(
      stream(seed, 'init', `visual.${index}`),
      contextLength * imageWidth,
      PROMPT_DEVIATION,
    );
    initial[`visual.${index}`] = { shape: [contextLength, imageWidth], values };
    put(index, deep, imageWidth, textWidth);
  }
  return initial;
}
