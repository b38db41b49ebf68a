import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { textFeatures } from '../../../src/engine/clip/text-chunks.ts';
import { layOutText } from '../../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../../src/engine/clip/text-tower.ts';
import { type ClipTokenizer, loadTokenizer } from '../../../src/engine/clip/tokenizer.ts';
import { learnedTexts } from '../../../src/engine/prompts/class-texts.ts';
import { END_ID, type GoldenModel, openGolden } from '../support/golden.ts';

let model: GoldenModel;
let context: tf.Tensor2D;
beforeAll(async () => {
  await startBackend();
  model = await openGolden();
  context = tf.randomNormal([2, model.clip.shape.textWidth], 0, 0.3, 'float32', 7) as tf.Tensor2D;
});

const distance = (a: tf.Tensor, b: tf.Tensor) =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number);

describe('learned words at places of their own', () => {
  const heads = () => model.rows.map(() => [1, 2]);

  it('give at the head what the ordinary context gives', () => {
    const ordinary = encodeText(model.clip, layOutText(model.rows, END_ID, 2), [context]).features;
    const layout = layOutText(model.rows, END_ID, 2, heads());
    const placed = tf.expandDims(context, 0) as tf.Tensor3D;
    expect(distance(encodeText(model.clip, layout, null, placed).features, ordinary)).toBeLessThan(
      1e-5,
    );
  });

  it('differ by class where each class has its own', () => {
    const layout = layOutText(model.rows, END_ID, 2, heads());
    const same = tf.tile(tf.expandDims(context, 0), [model.rows.length, 1, 1]) as tf.Tensor3D;
    const ordinary = encodeText(model.clip, layout, null, tf.expandDims(context, 0) as tf.Tensor3D);
    expect(distance(textFeatures(model.clip, layout, null, same), ordinary.features)).toBeLessThan(
      1e-5,
    );
    // A change of sign: a constant shift would be invisible behind the layer norm.
    const signs = model.rows.map((_, row) => (row === 3 ? -1 : 1));
    const moved = tf.mul(same, tf.tensor3d(signs, [signs.length, 1, 1]));
    const features = textFeatures(model.clip, layout, null, moved as tf.Tensor3D);
    const change = tf.max(tf.abs(tf.sub(features, ordinary.features)), 1).dataSync();
    for (const [row, value] of change.entries()) {
      if (row === 3) expect(value).toBeGreaterThan(1e-2);
      else expect(value).toBeLessThan(1e-5);
    }
  });
});

describe('the class name among four words', () => {
  let tokenizer: ClipTokenizer;
  beforeAll(async () => {
    tokenizer = await loadTokenizer('/nowhere/weights', 49_408);
  });
  const task = { classNames: ['golden_retriever', 'cat'], template: 'a photo of a {}.' };
  const prompts = {
    contextLength: 4,
    depth: 1,
    template: 'clean',
    coupling: 'image-to-text',
    classSpecific: false,
    border: 30,
  } as const;
  const words = (position: 'end' | 'middle' | 'front') => {
    const { rows, places } = learnedTexts(
      task,
      { ...prompts, classPosition: position },
      tokenizer,
      77,
    );
    return {
      text: rows.map((row) => tokenizer.pieces(row).map((p) => p.replace('</w>', ''))),
      places,
    };
  };

  it('stands behind them, between them or before them, with their places named', () => {
    expect(words('end').text[0]?.slice(1, -1).join(' ')).toBe('a photo of a golden retriever .');
    expect(words('end').places).toBeNull();
    expect(words('middle').text[0]?.slice(1, -1).join(' ')).toBe('a photo golden retriever of a .');
    expect(words('middle').places).toEqual([
      [1, 2, 5, 6],
      [1, 2, 4, 5],
    ]);
    expect(words('front').text[1]?.slice(1, -1).join(' ')).toBe('cat a photo of a .');
    expect(words('front').places).toEqual([
      [3, 4, 5, 6],
      [2, 3, 4, 5],
    ]);
  });
});
