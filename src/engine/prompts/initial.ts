import type { ClipShape } from '../clip/weights.ts';
import { normal, stream, uniform } from '../random.ts';
import type { InitialValues } from './learner.ts';

/** Deviation of prompts that start at random (CoOp, MaPLe, FAP). */
const PROMPT_DEVIATION = 0.02;

/** What a learner needs to know to start. */
export type LearnerStart = {
  /** The context's start [contexts, P, text width]; one context, or one a class. */
  words: Float32Array;
  /** Number of contexts: 1, or the number of classes where each has its own. */
  contexts: number;
  contextLength: number;
  depth: number;
  /** Width of a learned border in pixels. */
  border: number;
  shape: ClipShape;
  seed: number;
};

/** Values from N(0, deviation^2), from the stream of their name. */
export function random(
  seed: number,
  name: string,
  shape: number[],
  deviation = PROMPT_DEVIATION,
): InitialValues {
  const count = shape.reduce((a, b) => a * b, 1);
  return { [name]: { shape, values: normal(stream(seed, 'init', name), count, deviation) } };
}

/** The learned words of a text prompt. */
export function contextWords({
  words,
  contexts,
  contextLength,
  shape,
}: LearnerStart): InitialValues {
  const dimensions = [contextLength, shape.textWidth];
  return {
    'text.0': { shape: contexts > 1 ? [contexts, ...dimensions] : dimensions, values: words },
  };
}

/** A projection [output, input] and its bias from U(+-1 / sqrt(input)), as PyTorch's Linear starts. */
function randomLinear(seed: number, stem: string, input: number, output: number) {
  const limit = 1 / Math.sqrt(input);
  const draw = (part: string, count: number) =>
    uniform(stream(seed, 'init', stem, part), count, -limit, limit);
  return {
    weight: { shape: [output, input], values: draw('weight', input * output) },
    bias: { shape: [output], values: draw('bias', output) },
  };
}

/** A projection under the names of block `index`. */
function projectionOf(
  index: number,
  { weight, bias }: ReturnType<typeof randomLinear>,
): InitialValues {
  return { [`project.${index}.weight`]: weight, [`project.${index}.bias`]: bias };
}

/** Block numbers that get a deep prompt: 1..depth-1. */
export function deeper(depth: number): number[] {
  return Array.from({ length: depth - 1 }, (_, i) => i + 1);
}

/**
 * The start of a learner whose first image prompt is a projection of the words, and whose deeper
 * prompts are learned in one tower and projected to the other. The deep projections start as copies
 * of one layer, as in the published code.
 */
export function projectedPrompts(start: LearnerStart, learnedIn: 'visual' | 'text'): InitialValues {
  const { depth, contextLength, shape, seed } = start;
  const { textWidth, imageWidth } = shape;
  const [width, other] = learnedIn === 'text' ? [textWidth, imageWidth] : [imageWidth, textWidth];
  const initial: InitialValues = {
    ...contextWords(start),
    ...projectionOf(0, randomLinear(seed, 'project.0', textWidth, imageWidth)),
  };
  const deep = randomLinear(seed, 'project.deep', width, other);
  for (const index of deeper(depth)) {
    Object.assign(initial, random(seed, `${learnedIn}.${index}`, [contextLength, width]));
    Object.assign(initial, projectionOf(index, deep));
  }
  return initial;
}
