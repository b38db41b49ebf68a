import * as tf from '@tensorflow/tfjs-core';
import type { NearWord, PromptVector } from '../../shared/prompt-report.ts';
import type { ClipTokenizer } from '../clip/tokenizer.ts';

type Nearest = NonNullable<PromptVector['nearest']>;
type Scored = { id: number; value: number };

/**
 * The vocabulary pieces nearest to each vector, as CoOp reads its contexts (Zhou et al. 2022, section
 * 3.4): by Euclidean distance of the embeddings, and by cosine, which does not see their length.
 *
 * @param embedding [V, D], the model's own
 * @param vectors [P, D]
 */
export function nearestWords(
  embedding: tf.Tensor2D,
  vectors: tf.Tensor2D,
  tokenizer: ClipTokenizer,
  count: number,
): Nearest[] {
  const [vocabulary] = embedding.shape;
  const [dots, squares, ownSquares] = [
    read(() => tf.matMul(vectors, embedding, false, true)),
    read(() => tf.sum(tf.square(embedding), 1)),
    read(() => tf.sum(tf.square(vectors), 1)),
  ];
  const named = (scored: Scored[]): NearWord[] => {
    const pieces = tokenizer.pieces(scored.map(({ id }) => id));
    return scored.map(({ id, value }, index) => ({ id, token: pieces[index] as string, value }));
  };
  return Array.from(ownSquares, (own, row) => {
    const dot = (id: number) => dots[row * vocabulary + id] as number;
    const square = (id: number) => squares[id] as number;
    const cosine = (id: number) => dot(id) / Math.sqrt(own * square(id));
    // Rounding may bring the distance of equal vectors below zero.
    const distance = (id: number) => Math.sqrt(Math.max(0, own + square(id) - 2 * dot(id)));
    return {
      cosine: named(best(vocabulary, count, cosine, (a, b) => b - a)),
      euclidean: named(best(vocabulary, count, distance, (a, b) => a - b)),
    };
  });
}

function read(compute: () => tf.Tensor): Float32Array {
  const result = tf.tidy(compute);
  const values = result.dataSync() as Float32Array;
  result.dispose();
  return values;
}

/** The first `count` ids in the order of their values; a piece whose value is no number is none. */
function best(
  vocabulary: number,
  count: number,
  score: (id: number) => number,
  order: (a: number, b: number) => number,
): Scored[] {
  const kept: Scored[] = [];
  for (let id = 0; id < vocabulary; id += 1) {
    const value = score(id);
    const last = kept.at(-1);
    if (Number.isNaN(value)) continue;
    if (kept.length === count && last && order(value, last.value) >= 0) continue;
    const place = kept.findIndex((other) => order(value, other.value) < 0);
    kept.splice(place < 0 ? kept.length : place, 0, { id, value });
    if (kept.length > count) kept.pop();
  }
  return kept;
}
