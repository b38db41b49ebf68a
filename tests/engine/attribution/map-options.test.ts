import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradientWeights } from '../../../src/engine/attribution/gradient-weights.ts';
import {
  chooseTexts,
  imageMap,
  type MapOptions,
  textMap,
} from '../../../src/engine/attribution/maps.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { encodeImage } from '../../../src/engine/clip/image-tower.ts';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../../src/engine/clip/text-tower.ts';
import type { PromptLearner } from '../../../src/engine/prompts/learner.ts';
import { END_ID, type GoldenModel, goldenPrompted, openGolden } from '../support/golden.ts';

let model: GoldenModel;
let learner: PromptLearner;

beforeAll(async () => {
  await startBackend({ threads: 1 });
  model = await openGolden();
  learner = goldenPrompted(model).learner;
});
afterAll(() => learner.dispose());

const COSINE: MapOptions = { scoreScale: 1, detachWeights: false };

type Row = {
  query: number[];
  weights: number[];
  keys: number[][];
  values: number[][];
  positions: number;
};

/** Image 0's parts of both maps, as plain numbers, and the maps under `options`. */
function measure(options: MapOptions) {
  return tf.tidy(() => {
    const { clip, rows, batch } = model;
    const { image: visual, text: textual } = learner.prompts();
    const layout = layOutText(rows, END_ID, 2);
    const image = encodeImage(clip, batch.patches, visual);
    const texts = chooseTexts(encodeText(clip, layout, textual), layout, batch.labels);
    const end = (tower: 'image' | 'text') => {
      const { blocks, projection } = clip[tower];
      return { block: blocks[blocks.length - 1] as (typeof blocks)[number], projection };
    };
    const first = (x: tf.Tensor) => (x.arraySync() as never[])[0] as never;
    const rowOf = (
      part: { query: tf.Tensor; keys: tf.Tensor; values: tf.Tensor },
      weights: tf.Tensor,
      positions: number,
    ): Row => ({
      query: first(part.query),
      weights: first(weights),
      keys: first(part.keys),
      values: first(part.values),
      positions,
    });
    const imageWeights = gradientWeights(end('image'), image.last, image.features, texts.features);
    const textWeights = gradientWeights(end('text'), texts.last, texts.features, image.features);
    const inner = (layout.ends[batch.labels[0] as number] as number) - 1;
    const { keys, values } = image;
    return {
      image: rowOf({ query: image.last.query, keys, values }, imageWeights, keys.shape[1]),
      text: rowOf({ ...texts, query: texts.last.query }, textWeights, inner),
      imageMap: first(imageMap(clip, image, texts, options)) as number[],
      textMap: (first(textMap(clip, image, texts, options)) as number[]).slice(0, inner),
      heads: { image: clip.shape.imageHeads, text: clip.shape.textHeads },
    };
  });
}

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
const cosineOf = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
function softmaxOf(scores: number[]): number[] {
  const top = Math.max(...scores);
  const powers = scores.map((s) => Math.exp(s - top));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((p) => p / sum);
}

/** The definition in plain loops: a head's forward weight times its backward weight, added up. */
function plainMap(row: Row, heads: number, form: 'cosine' | 'softmax', gradients: boolean) {
  const width = row.query.length / heads;
  const map = Array.from({ length: row.positions }, () => 0);
  for (let head = 0; head < heads; head += 1) {
    const cut = (x: number[]) => x.slice(head * width, (head + 1) * width);
    const keys = row.keys.slice(0, row.positions).map(cut);
    const query = cut(row.query);
    const forward =
      form === 'cosine'
        ? keys.map((key) => cosineOf(query, key))
        : softmaxOf(keys.map((key) => dot(query, key) / Math.sqrt(width)));
    for (let i = 0; i < row.positions; i += 1) {
      const backward = dot(cut(row.weights), cut(row.values[i] as number[]));
      map[i] = (map[i] as number) + (forward[i] as number) * (gradients ? backward : 1 / heads);
    }
  }
  return map;
}

function distance(a: number[], b: number[]): number {
  const size = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number)))) / size;
}

describe.each([
  ['cosine, full width', {}, false, 'cosine', true],
  ['softmax (eq. 5), full width', { forwardWeights: 'softmax' }, false, 'softmax', true],
  ['cosine, a head at a time', { separateHeads: true }, true, 'cosine', true],
  [
    'softmax, a head at a time',
    { separateHeads: true, forwardWeights: 'softmax' },
    true,
    'softmax',
    true,
  ],
  ['cosine without gradients', { withoutGradients: true }, false, 'cosine', false],
  [
    'softmax heads without gradients',
    { separateHeads: true, forwardWeights: 'softmax', withoutGradients: true },
    true,
    'softmax',
    false,
  ],
] as const)('%s', (_, changes, separate, form, gradients) => {
  test('both maps equal their definition in plain loops', () => {
    const measured = measure({ ...COSINE, ...changes });
    for (const tower of ['image', 'text'] as const) {
      const heads = separate ? measured.heads[tower] : 1;
      const expected = plainMap(measured[tower], heads, form, gradients);
      expect(distance(measured[`${tower}Map`], expected), tower).toBeLessThan(2e-5);
    }
  });
});

test('softmax weights alone sum to 1 over a map', () => {
  const { imageMap: image, textMap: text } = measure({
    ...COSINE,
    forwardWeights: 'softmax',
    withoutGradients: true,
  });
  for (const map of [image, text]) expect(map.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});
