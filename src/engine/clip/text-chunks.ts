import { totalmem } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { TextLayout } from './text-layout.ts';
import { encodeText } from './text-tower.ts';
import type { ClipShape, ClipWeights } from './weights.ts';

/** What a tape of the text tower may take before the classes are gone through in chunks. */
const TAPE_BYTES = Math.min(0.4 * totalmem(), 3e9);
/** A chunk is kept well below that: smaller ones are no slower. */
const CHUNK_BYTES = TAPE_BYTES / 4;
/** Activations a block keeps for one token, in widths: measured with `tf.memory()`. */
const WIDTHS_PER_TOKEN = 26;

function bytesPerClass({ length, sharedLength }: TextLayout, shape: ClipShape): number {
  const own = length - sharedLength;
  const attention = shape.textHeads * length * 2;
  return own * shape.textBlocks * (WIDTHS_PER_TOKEN * shape.textWidth + attention) * 4;
}

/** Whether one tape over all classes would be too large. */
export function needsChunks(layout: TextLayout, shape: ClipShape, limit = TAPE_BYTES): boolean {
  return layout.ends.length * bytesPerClass(layout, shape) > limit;
}

/** Class numbers in chunks that fit. */
export function classChunks(layout: TextLayout, shape: ClipShape, bytes = CHUNK_BYTES): number[][] {
  const size = Math.max(1, Math.floor(bytes / bytesPerClass(layout, shape)));
  const classes = layout.ends.map((_, index) => index);
  const chunks: number[][] = [];
  for (let begin = 0; begin < classes.length; begin += size) {
    chunks.push(classes.slice(begin, begin + size));
  }
  return chunks;
}

/** The rows of some classes; lengths stay, so that features come out the same. */
export function chosenLayout(layout: TextLayout, classes: number[]): TextLayout {
  return {
    ...layout,
    tokens: classes.map((index) => layout.tokens[index] as number[]),
    ends: classes.map((index) => layout.ends[index] as number),
  };
}

/** Unnormalised features [K, E] of all classes, without a tape and in bounded memory. */
export function textFeatures(
  clip: ClipWeights,
  layout: TextLayout,
  prompts: tf.Tensor2D[] | null,
): tf.Tensor2D {
  const parts = classChunks(layout, clip.shape).map((chunk) =>
    tf.tidy(() => encodeText(clip, chosenLayout(layout, chunk), prompts).features),
  );
  if (parts.length === 1) return parts[0] as tf.Tensor2D;
  const all = tf.concat(parts) as tf.Tensor2D;
  tf.dispose(parts);
  return all;
}
