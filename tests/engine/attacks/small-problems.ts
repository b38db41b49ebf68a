import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { AttackProblem, AttackSteps } from '../../../src/engine/attacks/problem.ts';
import { fromPatches, toPatches } from '../../../src/engine/clip/image-tower.ts';
import { stream } from '../../../src/engine/random.ts';

const CHANNELS = 3;

/** Logits [n, K] of pixels [n, 3 S S], channels first. */
export type FlatModel = (flat: tf.Tensor2D) => tf.Tensor2D;

export type SmallProblem = AttackProblem & {
  /** Pixels [n][3 S S], channels first, of every query so far. */
  shown: number[][][];
  dispose(): void;
};

/** A problem over images given channels first; each image's draws are named by its id, not its row. */
export function smallProblem(
  images: number[][],
  labels: number[],
  classes: number,
  model: FlatModel,
  { patchSize = 2, ids = labels.map((_, row) => row) } = {},
): SmallProblem {
  const length = images[0]?.length ?? 0;
  const imageSize = Math.sqrt(length / CHANNELS);
  const pixels = tf.tidy(() =>
    toPatches(
      tf.tensor4d(images.flat(), [images.length, CHANNELS, imageSize, imageSize]),
      patchSize,
    ),
  );
  const shown: number[][][] = [];
  return {
    pixels,
    labels,
    classes,
    imageSize,
    patchSize,
    logits(patches) {
      const flat = tf.reshape(fromPatches(patches, patchSize), [-1, length]) as tf.Tensor2D;
      shown.push(flat.arraySync());
      return model(flat);
    },
    random: (row, ...purpose) => stream('test', ids[row] as number, ...purpose),
    shown,
    dispose: () => pixels.dispose(),
  };
}

/** Logits x W for W [3 S S][K]. */
export function linearModel(weights: number[][]): FlatModel {
  return (flat) => tf.matMul(flat, tf.tensor2d(weights));
}

/** Runs to the end; the perturbations [n][3 S S], channels first, and the shares that were yielded. */
export function finish(
  problem: SmallProblem,
  steps: AttackSteps<tf.Tensor3D>,
): { perturbations: number[][]; shares: number[] } {
  const shares: number[] = [];
  for (;;) {
    const next = steps.next();
    if (!next.done) {
      shares.push(next.value);
      continue;
    }
    const perturbations = tf.tidy(() =>
      tf
        .reshape(fromPatches(next.value, problem.patchSize), [problem.labels.length, -1])
        .arraySync(),
    ) as number[][];
    next.value.dispose();
    return { perturbations, shares };
  }
}

/** Margins (true logit minus the best other) at clean + perturbation. */
export function marginsAt(problem: SmallProblem, perturbations: number[][]): number[] {
  const { imageSize, patchSize, labels, pixels } = problem;
  const logits = tf.tidy(() => {
    const delta = tf.tensor4d(perturbations.flat(), [
      labels.length,
      CHANNELS,
      imageSize,
      imageSize,
    ]);
    return problem.logits(tf.add(pixels, toPatches(delta, patchSize))).arraySync();
  });
  return labels.map((label, row) => {
    const own = logits[row] as number[];
    return (own[label] as number) - Math.max(...own.filter((_, k) => k !== label));
  });
}

export function lengthOf(norm: 'linf' | 'l2', values: number[]): number {
  return norm === 'linf' ? Math.max(...values.map(Math.abs)) : Math.hypot(...values);
}

type RecordedNorm = {
  epsilon: number;
  fabLikeliest: (number | null)[];
  fabWithinEpsilon: (number | null)[];
  squareMargins: number[][];
};

export type Recorded = {
  size: number;
  images: number[][];
  labels: number[];
  w1: number[][];
  w2: number[][];
  fabSteps: number;
  squareQueries: number;
  linf: RecordedNorm;
  l2: RecordedNorm;
};

/** torchattacks' results on a two-layer model (tests/fixtures/attacks/make_fab_square.py). */
export function readRecorded(): Recorded {
  const path = join(import.meta.dirname, '../../fixtures/attacks/fab-square.json');
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The recorded model, for all its images or for some. */
export function recordedProblem(
  { images, labels, w1, w2 }: Recorded,
  rows: number[] = [...labels.keys()],
): SmallProblem {
  const model: FlatModel = (flat) =>
    tf.matMul(
      tf.tanh(tf.matMul(tf.sub(flat, 0.5) as tf.Tensor2D, tf.tensor2d(w1))),
      tf.tensor2d(w2),
    );
  return smallProblem(
    rows.map((row) => images[row] as number[]),
    rows.map((row) => labels[row] as number),
    w2[0]?.length ?? 0,
    model,
    { patchSize: 3, ids: rows },
  );
}

/** Runs to the end: every share that is yielded is i / queries, and one tensor is left, the answer. */
export function expectSteadyRun(
  problem: SmallProblem,
  steps: AttackSteps<tf.Tensor3D>,
  queries: number,
): void {
  const before = tf.memory().numTensors;
  const shares: number[] = [];
  let next = steps.next();
  for (; !next.done; next = steps.next()) {
    shares.push(next.value);
    expect(tf.memory().numTensors).toBe(before);
  }
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(shares).toEqual(Array.from({ length: queries }, (_, i) => (i + 1) / queries));
  tf.dispose([next.value]);
  problem.dispose();
}

/** A stop after some queries leaves no tensor. */
export function expectNothingLeft(
  problem: SmallProblem,
  steps: AttackSteps<tf.Tensor3D>,
  queries: number,
): void {
  const before = tf.memory().numTensors;
  for (let i = 0; i < queries; i += 1) expect(steps.next().done).toBe(false);
  steps.return(undefined as never);
  expect(tf.memory().numTensors).toBe(before);
  expect(problem.shown).toHaveLength(queries);
  problem.dispose();
}
