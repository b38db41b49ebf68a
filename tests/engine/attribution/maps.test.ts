import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradientWeights } from '../../../src/engine/attribution/gradient-weights.ts';
import { chooseTexts, imageMap, textMap } from '../../../src/engine/attribution/maps.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { encodeImage } from '../../../src/engine/clip/image-tower.ts';
import { linear, normalizeLayer, withPlainForms } from '../../../src/engine/clip/primitives.ts';
import { cosine } from '../../../src/engine/clip/similarity.ts';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../../src/engine/clip/text-tower.ts';
import { mlp } from '../../../src/engine/clip/tower-blocks.ts';
import type { PromptLearner } from '../../../src/engine/prompts/learner.ts';
import {
  END_ID,
  type GoldenModel,
  goldenPrompted,
  openGolden,
  relativeDistance,
} from '../support/golden.ts';

let model: GoldenModel;
let learner: PromptLearner;
const PLAIN = { scoreScale: 1, detachWeights: false };

beforeAll(async () => {
  await startBackend({ threads: 1 });
  model = await openGolden();
  learner = goldenPrompted(model).learner;
});
afterAll(() => learner.dispose());

function encode(labels: number[], patches = model.batch.patches) {
  const { clip, rows } = model;
  const { image, text } = learner.prompts();
  const layout = layOutText(rows, END_ID, 2);
  const encodedText = encodeText(clip, layout, text);
  return {
    image: encodeImage(clip, patches, image),
    texts: chooseTexts(encodedText, layout, labels),
    layout,
    text: encodedText,
  };
}

const lastBlock = (tower: 'image' | 'text') => {
  const { blocks, projection } = model.clip[tower];
  const block = blocks[blocks.length - 1];
  if (!block) throw new Error('the golden towers have blocks');
  return { block, projection };
};

describe.each(['image', 'text'] as const)('gradient weights, %s tower', (tower) => {
  test('equal the gradient of the cosine through the plain computation', () => {
    tf.tidy(() => {
      const { image, texts } = encode(model.batch.labels);
      const { block, projection } = lastBlock(tower);
      const row = tower === 'image' ? image.last : texts.last;
      const [features, other] =
        tower === 'image' ? [image.features, texts.features] : [texts.features, image.features];
      const closed = gradientWeights({ block, projection }, row, features, other);
      // S as a function of the attention output o alone, by ordinary operations.
      const score = (o: tf.Tensor) =>
        withPlainForms(() => {
          const mixed = tf.add(row.input, linear(o, block.attentionOut));
          const z = linear(normalizeLayer(mlp(mixed, block)), projection);
          return tf.sum(cosine(z, other)) as tf.Scalar;
        });
      expect(relativeDistance(closed, tf.grad(score)(row.output))).toBeLessThan(2e-4);
    });
  });

  test('after the out-projection give the same map when the values are carried through it', () => {
    tf.tidy(() => {
      // A14: W^T w . v = w . W v. Here w_after = dS/d(o W), so w_before = w_after W^T.
      const { image, texts } = encode(model.batch.labels);
      const { block, projection } = lastBlock(tower);
      const row = tower === 'image' ? image.last : texts.last;
      const values = tower === 'image' ? image.values : texts.values;
      const [features, other] =
        tower === 'image' ? [image.features, texts.features] : [texts.features, image.features];
      const before = gradientWeights({ block, projection }, row, features, other);
      const identity = {
        ...block,
        attentionOut: {
          weight: tf.eye(row.output.shape[1]) as tf.Tensor2D,
          bias: block.attentionOut.bias,
        },
      };
      const carriedOutput = tf.matMul(row.output, block.attentionOut.weight) as tf.Tensor2D;
      const after = gradientWeights(
        { block: identity, projection },
        { ...row, output: carriedOutput },
        features,
        other,
      );
      const [count, tokens, width] = values.shape;
      const carried = tf.reshape(
        tf.matMul(tf.reshape(values, [-1, width]), block.attentionOut.weight),
        [count, tokens, -1],
      );
      const backward = (w: tf.Tensor, v: tf.Tensor) => tf.sum(tf.mul(tf.expandDims(w, 1), v), -1);
      expect(relativeDistance(backward(after, carried), backward(before, values))).toBeLessThan(
        1e-4,
      );
    });
  });
});

describe('maps', () => {
  test('of images of one class in one batch equal those of each image alone', () => {
    tf.tidy(() => {
      const labels = [2, 2, 2, 5];
      const both = encode(labels);
      const each = tf.split(model.batch.patches, 4).map((patches, i) => {
        const alone = encode([labels[i] as number], patches as tf.Tensor3D);
        return {
          image: imageMap(model.clip, alone.image, alone.texts, PLAIN),
          text: textMap(model.clip, alone.image, alone.texts, PLAIN),
        };
      });
      const together = {
        image: imageMap(model.clip, both.image, both.texts, PLAIN),
        text: textMap(model.clip, both.image, both.texts, PLAIN),
      };
      for (const key of ['image', 'text'] as const) {
        const alone = tf.concat(each.map((maps) => maps[key]));
        expect(relativeDistance(alone, together[key]), key).toBeLessThan(1e-4);
      }
    });
  });

  test('of the text stand at 1..EOT-1 of the own class, and are 0 behind it', () => {
    tf.tidy(() => {
      const labels = [0, 5, 1, 3];
      const { image, texts, layout } = encode(labels);
      const map = textMap(model.clip, image, texts, PLAIN).arraySync();
      for (const [i, label] of labels.entries()) {
        const inner = (layout.ends[label] as number) - 1;
        const row = map[i] as number[];
        expect(row.slice(0, inner).every((v) => v !== 0)).toBe(true);
        expect(row.slice(inner).every((v) => v === 0)).toBe(true);
      }
    });
  });

  test('scale with the score, and a detached weight keeps the value but not all of the slope', () => {
    tf.tidy(() => {
      const { labels, patches } = model.batch;
      const map = (scoreScale: number, detachWeights: boolean, from = patches) => {
        const { image, texts } = encode(labels, from);
        return imageMap(model.clip, image, texts, { scoreScale, detachWeights });
      };
      expect(relativeDistance(map(20, false), tf.mul(map(1, false), 20))).toBeLessThan(1e-5);
      expect(relativeDistance(map(1, true), map(1, false))).toBe(0);
      const slope = (detach: boolean) =>
        tf.grad((x) => tf.sum(map(1, detach, x as tf.Tensor3D)))(patches);
      expect(relativeDistance(slope(true), slope(false))).toBeGreaterThan(1e-2);
    });
  });

  test('chooseTexts with no shared word, one class, and every class equal', () => {
    tf.tidy(() => {
      const { clip } = model;
      const cases: [number[][], number][] = [
        [
          [
            [94, 1, 2, END_ID],
            [94, 3, END_ID],
          ],
          0,
        ],
        [[[94, 1, 2, END_ID]], 0],
        [
          [
            [94, 1, 2, END_ID],
            [94, 1, 2, END_ID],
          ],
          1,
        ],
      ];
      for (const [rows, label] of cases) {
        const layout = layOutText(rows, END_ID, 0);
        const texts = chooseTexts(encodeText(clip, layout, null), layout, [
          label,
          label,
          label,
          label,
        ]);
        const image = encodeImage(clip, model.batch.patches, null);
        const map = textMap(clip, image, texts, PLAIN);
        expect(map.shape).toEqual([4, layout.length - 1]);
        const values = [...map.dataSync()];
        expect(values.every(Number.isFinite)).toBe(true);
        expect(values.filter((v) => v !== 0)).toHaveLength(4 * ((rows[label]?.length ?? 0) - 2));
      }
    });
  });
});
