import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { curveAreas } from '../../../src/engine/attribution/curves.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';

beforeAll(async () => {
  await startBackend({ threads: 1 });
});

function areasOf(...args: Parameters<typeof curveAreas>) {
  const steps = curveAreas(...args);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** Four patches of one pixel: patch 0 white, the others black, so the mean colour is 0.25. */
const image = () => tf.tensor3d([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 4, 3]);
/** The probability is the brightness of patch 0. */
const first = (patches: tf.Tensor3D) => patches.arraySync().map((row) => row[0]?.[0] as number);

describe('insertion and deletion, by hand', () => {
  test('a map that points at what decides', () => {
    const patches = image();
    // Insertion 0.25 1 1 1 1: (0.25 + 1) / 2 / 4 + 3 / 4. Deletion 1 0.25 0.25 0.25 0.25.
    const [areas] = areasOf(patches, [[3, 0, 1, 2]], first);
    expect(areas?.insertion).toBeCloseTo(0.90625, 6);
    expect(areas?.deletion).toBeCloseTo(0.34375, 6);
    patches.dispose();
  });

  test('a map that points away from it', () => {
    const patches = image();
    const [areas] = areasOf(patches, [[-1, 0, 1, 2]], first);
    // Insertion 0.25 0.25 0.25 0.25 1; deletion 1 1 1 1 0.25.
    expect(areas?.insertion).toBeCloseTo(0.34375, 6);
    expect(areas?.deletion).toBeCloseTo(0.90625, 6);
    patches.dispose();
  });

  test('each image goes by its own map and colour; channels keep theirs', () => {
    const patches = tf.concat([image(), tf.mul(image(), tf.tensor([0.5, 0, 0]))]) as tf.Tensor3D;
    const [, second] = areasOf(
      patches,
      [
        [3, 0, 1, 2],
        [0, 3, 2, 1],
      ],
      first,
    );
    // Second image: red 0.5 in patch 0, mean 0.125, last in the order.
    expect(second?.insertion).toBeCloseTo(0.125 * 0.75 + 0.3125 * 0.25, 6);
    patches.dispose();
  });

  test('more patches than points: as many points as are drawn, no tensor left', () => {
    const values = Array.from({ length: 100 }, (_, i) => i / 100);
    const patches = tf.tensor3d(
      values.flatMap((v) => [v, v, v]),
      [1, 100, 3],
    );
    const before = tf.memory().numTensors;
    let calls = 0;
    const [areas] = areasOf(patches, [values], () => {
      calls += 1;
      return [0.5];
    });
    expect(calls).toBe(2 * 26);
    expect(areas).toEqual({ insertion: 0.5, deletion: 0.5 });
    expect(tf.memory().numTensors).toBe(before);
    patches.dispose();
  });

  test('a constant map goes by position; a stop midway leaves no tensor', () => {
    const patches = image();
    // Patch 0 comes first: the same as a map that points at it.
    const [areas] = areasOf(patches, [[0, 0, 0, 0]], first);
    expect(areas?.insertion).toBeCloseTo(0.90625, 6);
    const before = tf.memory().numTensors;
    const steps = curveAreas(patches, [[0, 0, 0, 0]], first);
    expect(steps.next()).toEqual({ done: false, value: 1 / 5 });
    steps.return([]);
    expect(tf.memory().numTensors).toBe(before);
    patches.dispose();
  });
});
