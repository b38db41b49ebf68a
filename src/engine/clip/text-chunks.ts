import { totalmem } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { TextLayout } from './text-layout.ts';
import { encodeOwn, encodeShared, type SharedText } from './text-tower.ts';
import type { ClipShape, ClipWeights } from './weights.ts';

/** What a tape of the text tower may take before the classes are gone through in chunks. */
const TAPE_BYTES = Math.min(0.4 * totalmem(), 2.5e9);
/** A chunk is kept well below that: smaller ones are no slower. */
const CHUNK_BYTES = TAPE_BYTES / 4;
/** Activations a block keeps for one token, in widths: measured as the growth of the process. */
const WIDTHS_PER_TOKEN = 14;
/** Fewer classes of one length than this join the next longer ones: a batch of its own costs more. */
const SMALLEST_GROUP = 24;

function bytesPerClass({ length, sharedLength }: TextLayout, shape: ClipShape): number {
  const own = length - sharedLength;
  const attention = shape.textHeads * length * 2;
  return own * shape.textBlocks * (WIDTHS_PER_TOKEN * shape.textWidth + attention) * 4;
}

/** Whether one tape over all classes would be too large. */
export function needsChunks(layout: TextLayout, shape: ClipShape, limit = TAPE_BYTES): boolean {
  const bytes = lengthGroups(layout).map((group) => {
    const part = chosenLayout(layout, group);
    return group.length * bytesPerClass(part, shape);
  });
  return bytes.reduce((a, b) => a + b, 0) > limit;
}

/**
 * Class numbers by the length of their text, so that short texts do not run at the length of the
 * longest: a few groups, each cut at its own longest end of text.
 */
export function lengthGroups({ ends }: TextLayout, smallest = SMALLEST_GROUP): number[][] {
  const order = ends.map((_, index) => index).sort((a, b) => at(ends, a) - at(ends, b) || a - b);
  const groups: number[][] = [];
  let group: number[] = [];
  for (const [position, index] of order.entries()) {
    group.push(index);
    const next = order[position + 1];
    const longer = next === undefined || at(ends, next) > at(ends, index);
    if (longer && (group.length >= smallest || next === undefined)) {
      groups.push(group.sort((a, b) => a - b));
      group = [];
    }
  }
  return groups;
}

function at(ends: number[], index: number): number {
  return ends[index] as number;
}

/** Groups of one length, cut so that a chunk's tape fits. */
export function classChunks(layout: TextLayout, shape: ClipShape, bytes = CHUNK_BYTES): number[][] {
  return lengthGroups(layout).flatMap((group) => {
    const size = Math.max(1, Math.floor(bytes / bytesPerClass(chosenLayout(layout, group), shape)));
    const count = Math.ceil(group.length / size);
    return Array.from({ length: count }, (_, i) => group.slice(i * size, (i + 1) * size));
  });
}

/** The rows of some classes, cut at their own longest end of text; the shared positions stay. */
export function chosenLayout(layout: TextLayout, classes: number[]): TextLayout {
  const ends = classes.map((index) => at(layout.ends, index));
  const length = Math.max(...ends) + 1;
  const tokens = classes.map((index) => (layout.tokens[index] as number[]).slice(0, length));
  const rows = classes.map((index) => at(layout.classes, index));
  const places = layout.places && classes.map((index) => layout.places?.[index] ?? []);
  return { ...layout, tokens, ends, length, classes: rows, places };
}

/** Features [K, E] of parts of the classes, put back into the order of the classes. */
function inOrder(parts: tf.Tensor2D[], groups: number[][]): tf.Tensor2D {
  const order = groups.flat();
  if (parts.length === 1 && order.every((index, position) => index === position)) {
    return parts[0] as tf.Tensor2D;
  }
  const places: number[] = [];
  for (const [position, index] of order.entries()) places[index] = position;
  return tf.gather(tf.concat(parts), tf.tensor1d(places, 'int32')) as tf.Tensor2D;
}

/** Unnormalised features [K, E] of all classes on the tape, group by group. */
export function groupedFeatures(
  clip: ClipWeights,
  layout: TextLayout,
  shared: SharedText,
  placed: tf.Tensor3D | null = null,
): tf.Tensor2D {
  const groups = lengthGroups(layout);
  return inOrder(
    groups.map((group) => encodeOwn(clip, chosenLayout(layout, group), shared, placed).features),
    groups,
  );
}

/** Unnormalised features [K, E] of all classes, without a tape and in bounded memory. */
export function textFeatures(
  clip: ClipWeights,
  layout: TextLayout,
  prompts: tf.Tensor2D[] | null,
  placed: tf.Tensor3D | null = null,
): tf.Tensor2D {
  return tf.tidy(() => {
    const shared = encodeShared(clip, layout, prompts);
    const chunks = classChunks(layout, clip.shape);
    const parts = chunks.map((chunk) =>
      tf.tidy(() => encodeOwn(clip, chosenLayout(layout, chunk), shared, placed).features),
    );
    return inOrder(parts, chunks);
  });
}
