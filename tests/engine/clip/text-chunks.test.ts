import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import {
  chosenLayout,
  classChunks,
  lengthGroups,
  needsChunks,
  textFeatures,
} from '../../../src/engine/clip/text-chunks.ts';
import { layOutText, type TextLayout } from '../../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../../src/engine/clip/text-tower.ts';
import { methodOf } from '../../../src/engine/methods/registry.ts';
import { lossAndGradients } from '../../../src/engine/training/train-step.ts';
import { defaultConfig } from '../../../src/shared/method-catalogue.ts';
import {
  END_ID,
  type GoldenModel,
  goldenLearner,
  openGolden,
  START_ID,
} from '../support/golden.ts';

let model: GoldenModel;
beforeAll(async () => {
  await startBackend();
  model = await openGolden();
});

/** Texts of 1 to 6 words after a shared template, in no order of length. */
function texts(classes: number): TextLayout {
  const rows = Array.from({ length: classes }, (_, k) => [
    START_ID,
    1,
    2,
    3,
    ...Array.from({ length: 1 + ((k * 5) % 6) }, (_, i) => 5 + ((k * 3 + i * 11) % 80)),
    END_ID,
  ]);
  return layOutText(rows, END_ID, 2);
}

const largest = (a: tf.Tensor, b: tf.Tensor) =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number);

describe('length groups', () => {
  it('hold every class once, short texts apart from long ones', () => {
    const layout = texts(60);
    const groups = lengthGroups(layout);
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(layout.ends.map((_, index) => index));
    const spans = groups.map((group) => chosenLayout(layout, group).length);
    expect(spans).toEqual([...spans].sort((a, b) => a - b));
    expect(spans.at(-1)).toBe(layout.length);
  });

  it('are one group in natural order where classes are few', () => {
    expect(lengthGroups(texts(7))).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
  });

  it('are cut into chunks that fit', () => {
    const layout = texts(60);
    const chunks = classChunks(layout, model.clip.shape, 1);
    expect(chunks.every((chunk) => chunk.length === 1)).toBe(true);
    expect(chunks.length).toBe(60);
    expect(needsChunks(layout, model.clip.shape, 1)).toBe(true);
    expect(needsChunks(layout, model.clip.shape, 1e12)).toBe(false);
  });
});

describe('features without a tape', () => {
  it.each([5, 15, 60])('of %i classes are those of the whole tower, class by class', (classes) => {
    const layout = texts(classes);
    const learner = goldenLearner(model.golden);
    const { text } = learner.prompts();
    const whole = encodeText(model.clip, layout, text).features;
    expect(largest(textFeatures(model.clip, layout, text), whole)).toBeLessThan(1e-5);
  });
});

describe('gradients through chunks', () => {
  it.each(['fap', 'cba-fapt'] as const)('of %s are those of one tape', (name) => {
    const layout = texts(60);
    const learner = goldenLearner(model.golden);
    const subject = { clip: model.clip, layout, learner };
    const batch = { ...model.batch, labels: [3, 3, 10, 59] };
    const config = defaultConfig({ method: name, dataset: '-', model: '-', shots: 1, seed: 1 });
    const settings = { ...config, loss: { ...config.loss, beta: 10, gamma: 10 } };
    const whole = lossAndGradients(subject, methodOf(name), batch, settings, false);
    const parts = lossAndGradients(subject, methodOf(name), batch, settings, true);
    expect(Math.abs(whole.loss - parts.loss)).toBeLessThan(1e-4);
    for (const [parameter, gradient] of whole.gradients) {
      const other = parts.gradients.get(parameter) as tf.Tensor;
      const size = tf.max(tf.abs(gradient)).dataSync()[0] as number;
      expect(largest(gradient, other) / size, parameter).toBeLessThan(1e-4);
    }
  });

  it('leave no tensor behind', () => {
    const subject = { clip: model.clip, layout: texts(30), learner: goldenLearner(model.golden) };
    const config = defaultConfig({ method: 'fap', dataset: '-', model: '-', shots: 1, seed: 1 });
    const step = () => {
      const { gradients } = lossAndGradients(subject, methodOf('fap'), model.batch, config, true);
      tf.dispose([...gradients.values()]);
    };
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
  });
});
