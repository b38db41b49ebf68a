import * as tf from '@tensorflow/tfjs-core';
import { requireFinite } from '../evaluation/require-finite.ts';
import type { Objective } from './objective.ts';
import type { AttackProblem } from './problem.ts';
import { type Read, readRow, rowsOf } from './query-images.ts';
import type { RowTensors } from './row-tensors.ts';
import { isWorse, type Run } from './worst-case.ts';

/** How an attack gets from one iterate to the next. */
export type Ascent = {
  /** Holds `pixels` and the iterate `delta`; freed at the end of the run. */
  rows: RowTensors<'pixels' | 'delta' | 'gradient'>;
  /** Replaces `delta`; `gradient` and `losses` are those at it. `step` counts from 0. */
  move(losses: Float32Array, images: number[], step: number): void;
};

export type AscentSettings = {
  steps: number;
  /** Which iterate counts: the last, the one of highest loss, or before that the worst that fooled. */
  keep: 'last' | 'best' | 'worst';
  /** An image leaves at its first fooled iterate, which counts. */
  stopWhenFooled: boolean;
};

/**
 * Runs an ascent over all images of a problem: `steps` queries with a gradient, one without. Yields
 * the share done after every step.
 *
 * A start that fools is no step; where the last iterate alone counts it is passed over, as published
 * numbers do, otherwise it counts as step 1.
 *
 * @throws FaptError `logits-not-finite`
 */
export function* ascend(
  problem: AttackProblem,
  { rows, move }: Ascent,
  objective: Objective,
  settings: AscentSettings,
): Generator<number, Run> {
  const { steps } = settings;
  const record = new Record(problem, settings);
  let images = [...problem.labels.keys()];
  try {
    for (let step = 0; ; step += 1) {
      const query = askFor(problem, rows, objective, images, step < steps);
      problem.watch?.iterate({ step, images, ...query, delta: rows.get('delta') });
      if (step === 0 && steps > 0) record.zeroGradientImages = zeroRows(rows.get('gradient'));
      const staying = record.note(query, images, step, () => rows.get('delta'));
      if (step === steps || staying.length === 0) return record.run();
      if (staying.length < images.length) rows.cut(staying);
      images = staying.map((place) => images[place] as number);
      move(
        Float32Array.from(staying, (place) => query.losses[place] as number),
        images,
        step,
      );
      yield (step + 1) / steps;
    }
  } finally {
    rows.dispose();
  }
}

type Query = { logits: Float32Array[]; losses: Float32Array };

/** Logits and losses at the iterate and, where wanted, the gradient, which is put beside it. */
function askFor(
  { logits: query, classes }: AttackProblem,
  rows: Ascent['rows'],
  objective: Objective,
  images: number[],
  withGradient: boolean,
): Query {
  let answer: Query = { logits: [], losses: new Float32Array() };
  const total = (delta: tf.Tensor) => {
    const logits = query(tf.add(rows.get('pixels'), delta) as tf.Tensor3D);
    const values = rowsOf(logits.dataSync() as Float32Array, classes);
    const losses = objective(logits, values, images);
    answer = { logits: values, losses: losses.dataSync() as Float32Array };
    // Summed, so that no image's gradient depends on the batch.
    return tf.sum(losses) as tf.Scalar;
  };
  const delta = rows.get('delta');
  if (withGradient)
    rows.set(
      'gradient',
      tf.tidy(() => tf.grad(total)(delta)),
    );
  else tf.dispose(tf.tidy(() => total(delta)));
  for (const row of answer.logits) requireFinite(row);
  return answer;
}

function zeroRows(gradient: tf.Tensor3D): number {
  const largest = tf.tidy(() => tf.max(tf.abs(gradient), [1, 2]));
  const count = (largest.dataSync() as Float32Array).filter((value) => value === 0).length;
  largest.dispose();
  return count;
}

/** What every image came to so far. */
class Record {
  zeroGradientImages: number | null = null;
  readonly #problem: AttackProblem;
  readonly #settings: AscentSettings;
  readonly #values: Float32Array;
  readonly #kept: ({ read: Read; loss: number } | null)[];
  readonly #fooledAt: (number | null)[];
  #rightAtStart = 0;

  constructor(problem: AttackProblem, settings: AscentSettings) {
    this.#problem = problem;
    this.#settings = settings;
    this.#values = new Float32Array(problem.pixels.size);
    this.#kept = problem.labels.map(() => null);
    this.#fooledAt = problem.labels.map(() => null);
  }

  /** @returns the places of the images that go on */
  note(
    { logits, losses }: Query,
    images: number[],
    step: number,
    delta: () => tf.Tensor,
  ): number[] {
    const { steps, keep, stopWhenFooled } = this.#settings;
    const startCounts = keep !== 'last' || stopWhenFooled;
    const staying: number[] = [];
    let values: Float32Array | null = null;
    for (const [place, image] of images.entries()) {
      const read = readRow(logits[place] as Float32Array, this.#problem.labels[image] as number);
      const loss = losses[place] as number;
      if (step === 0 && !read.fooled) this.#rightAtStart += 1;
      if (read.fooled && (step > 0 || startCounts)) this.#fooledAt[image] ??= Math.max(1, step);
      const leaves = stopWhenFooled && read.fooled;
      if (!leaves) staying.push(place);
      if (!leaves && !this.#isKept(image, read, loss, step === steps)) continue;
      this.#kept[image] = { read, loss };
      values ??= delta().dataSync() as Float32Array;
      const perImage = values.length / images.length;
      const own = values.subarray(place * perImage, (place + 1) * perImage);
      this.#values.set(own, image * perImage);
    }
    return staying;
  }

  #isKept(image: number, read: Read, loss: number, last: boolean): boolean {
    const { keep } = this.#settings;
    if (keep === 'last') return last;
    const kept = this.#kept[image];
    if (!kept) return true;
    if (keep === 'worst' && (read.fooled || kept.read.fooled)) return isWorse(read, kept.read);
    return loss > kept.loss;
  }

  run(): Run {
    return {
      values: this.#values,
      reads: this.#kept.map((kept) => (kept as { read: Read }).read),
      fooledAt: this.#fooledAt,
      zeroGradientImages: this.zeroGradientImages,
      rightAtStart: this.#rightAtStart,
    };
  }
}
