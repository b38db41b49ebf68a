import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { textGuidedMap } from '../../../src/engine/attribution/text-guided-map.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { encodeImage, tokenFeatures } from '../../../src/engine/clip/image-tower.ts';
import { withPlainForms } from '../../../src/engine/clip/primitives.ts';
import { unit } from '../../../src/engine/clip/similarity.ts';
import { type GoldenModel, openGolden, relativeDistance } from '../support/golden.ts';

let model: GoldenModel;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  model = await openGolden();
});

test('the class token through the last block as every token is the class token alone', () => {
  tf.tidy(() => {
    const image = encodeImage(model.clip, model.batch.patches, null);
    const all = tokenFeatures(model.clip, image);
    expect(all.shape[1]).toBe(1 + image.keys.shape[1]);
    const first = tf.squeeze(tf.slice(all, [0, 0, 0], [-1, 1, -1]), [1]);
    expect(relativeDistance(first, image.features)).toBeLessThan(1e-5);
  });
});

test('is the definition in plain loops', () => {
  tf.tidy(() => {
    const image = encodeImage(model.clip, model.batch.patches, null);
    const texts = unit(image.features);
    const features = tokenFeatures(model.clip, image).arraySync() as number[][][];
    const directions = texts.arraySync() as number[][];
    const maps = textGuidedMap(model.clip, image, texts).arraySync() as number[][];
    const size = model.clip.shape.imageSize;
    const grid = Math.sqrt((features[0] as number[][]).length - 1);
    features.forEach((tokens, b) => {
      const width = (tokens[0] as number[]).length;
      const lengths = Array.from({ length: width }, (_, c) =>
        Math.hypot(...tokens.map((token) => token[c] as number)),
      );
      const scores = tokens
        .slice(1)
        .map((token) =>
          token.reduce(
            (sum, x, c) =>
              sum + (x / (lengths[c] as number)) * ((directions[b] as number[])[c] as number),
            0,
          ),
        );
      const [low, high] = [Math.min(...scores), Math.max(...scores)];
      const spread = scores.map((s) => (s - low) / (high - low));
      // The four corners of the enlargement are the corner patches; 0 and 1 are reached.
      const map = maps[b] as number[];
      const corners = [
        [0, 0],
        [size - 1, grid - 1],
        [size * (size - 1), grid * (grid - 1)],
        [size * size - 1, grid * grid - 1],
      ] as const;
      for (const [pixel, patch] of corners) {
        expect(map[pixel]).toBeCloseTo(spread[patch] as number, 4);
      }
      // Between two patch centres the value is between theirs, in proportion to the place.
      const cell = size / grid;
      const y = Math.floor(cell / 2);
      const place = (y + 0.5) / cell - 0.5;
      const across = (0.5 * cell + 0.5) / cell - 0.5;
      const at = (row: number, column: number) => spread[row * grid + column] as number;
      const x = Math.floor(0.5 * cell);
      const mix = (a: number, c: number, t: number) => a + (c - a) * Math.max(t, 0);
      const expected = mix(mix(at(0, 0), at(0, 1), across), mix(at(1, 0), at(1, 1), across), place);
      expect(map[y * size + x]).toBeCloseTo(expected, 4);
      expect(Math.min(...map)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...map)).toBeLessThanOrEqual(1 + 1e-6);
    });
  });
});

test('has the same slope through the fused and the plain towers', () => {
  tf.tidy(() => {
    const { patches } = model.batch;
    const texts = unit(encodeImage(model.clip, patches, null).features);
    const cotangent = tf.linspace(-1, 1, 4 * model.clip.shape.imageSize ** 2);
    const slope = () =>
      tf.grad((x) => {
        const map = textGuidedMap(
          model.clip,
          encodeImage(model.clip, x as tf.Tensor3D, null),
          texts,
        );
        return tf.sum(tf.mul(tf.reshape(map, [-1]), cotangent)) as tf.Scalar;
      })(patches);
    expect(relativeDistance(slope(), withPlainForms(slope))).toBeLessThan(1e-3);
  });
});

test('a flat map is 0 and finite', () => {
  tf.tidy(() => {
    const image = encodeImage(model.clip, model.batch.patches, null);
    const map = textGuidedMap(model.clip, image, tf.zerosLike(image.features));
    expect([...map.dataSync()].every((v) => v === 0)).toBe(true);
  });
});
