import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attribute } from '../../../src/engine/attribution/attribute.ts';
import { tokenKl } from '../../../src/engine/attribution/stability.ts';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { releaseClassifiers } from '../../../src/engine/evaluation/held-classifier.ts';
import { evaluationAttackSchema } from '../../../src/shared/attack.ts';
import {
  type AttributeJob,
  attributionSchema,
  type Example,
} from '../../../src/shared/engine-contract.ts';
import type { RunConfig } from '../../../src/shared/run-config.ts';
import { makeSmallData, type SmallData, smallConfig, TASK } from '../support/small-run.ts';

let data: SmallData;
beforeAll(async () => {
  await startBackend({ threads: 1 });
  data = await makeSmallData(await mkdtemp(join(tmpdir(), 'fapt-attribute-')), 3);
});
afterAll(async () => {
  releaseClassifiers();
  await rm(data.folder, { recursive: true });
});

const attack = evaluationAttackSchema.parse({ name: 'pgd', epsilon: 8 / 255, steps: 2 });
const job = (changes: Partial<AttributeJob> = {}, config: RunConfig = smallConfig('cba-fapt')) => ({
  tuned: { config, model: { path: data.model }, task: TASK, checkpoint: null },
  ...{ example: data.examples[1] as Example, perturbation: null, attack, target: null },
  ...changes,
});

describe('the explained text', () => {
  test.each(['cba-fapt', 'zero-shot', 'advvlp'] as const)(
    "%s: words that are a class's name are explained as the class is",
    async (method) => {
      const config = smallConfig(method);
      const named = await attribute(job({ target: 0 }, config));
      const typed = await attribute(job({ target: { text: 'a_1' } }, config));
      expect(typed.target).toBeNull();
      expect(typed.targetText).toBe(named.targetText);
      expect(typed.tokens).toEqual(named.tokens);
      expect(typed.learned).toEqual(named.learned);
      const far = (a: number[], b: number[]) =>
        Math.max(...a.map((x, i) => Math.abs(x - (b[i] as number))));
      for (const side of ['clean', 'adversarial'] as const) {
        expect(far(typed.image[side], named.image[side])).toBeLessThan(1e-5);
        expect(far(typed.text[side], named.text[side])).toBeLessThan(1e-5);
        expect(typed.logits[side]).toEqual(named.logits[side]);
      }
      const other = await attribute(job({ target: { text: 'of b c' } }, config));
      expect(far(other.image.clean, named.image.clean)).toBeGreaterThan(1e-5);
    },
  );

  test('learned words are marked where they stand', async () => {
    const head = await attribute(job());
    expect(head.learned.slice(0, 3)).toEqual([true, true, false]);
    expect(head.tokens.slice(0, 2)).toEqual(['[1]', '[2]']);
    const prompts = { ...smallConfig('coop').prompts, contextLength: 2 };
    const front = smallConfig('coop', { prompts: { ...prompts, classPosition: 'front' } });
    const moved = await attribute(job({ target: 1 }, front));
    expect(moved.learned[0]).toBe(false);
    expect(moved.tokens.filter((_, i) => moved.learned[i])).toEqual(['[1]', '[2]']);
    const own = smallConfig('coop', { prompts: { ...prompts, classSpecific: true } });
    await expect(attribute(job({ target: { text: 'b' } }, own))).rejects.toMatchObject({
      code: 'classes-fixed',
    });
  });
});

test('frees what it made, and the classifier that stays open on demand', async () => {
  releaseClassifiers();
  await attribute(job());
  const before = tf.memory().numTensors;
  await attribute(job());
  await attribute(job({ target: { text: 'b c' } }));
  expect(tf.memory().numTensors).toBe(before);
  releaseClassifiers();
  await Promise.resolve();
  expect(tf.memory().numTensors).toBeLessThan(before);
});

describe('images and maps at the edge', () => {
  test.each([0, 128, 255])('a picture of one grey, %i, has numbers everywhere', async (grey) => {
    const path = join(data.folder, `grey-${grey}.png`);
    const background = { r: grey, g: grey, b: grey };
    await sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .png()
      .toFile(path);
    const found = await attribute(job({ example: { id: 'grey', path, label: 0 } }));
    expect(attributionSchema.parse(found)).toEqual(found);
    const lists = [found.image, found.text, found.logits].flatMap((x) => [x.clean, x.adversarial]);
    expect(lists.flat().every(Number.isFinite)).toBe(true);
    expect(Object.values(found.drift).every((x) => x === null || Number.isFinite(x))).toBe(true);
  });

  test('an unattacked image has the same maps twice', async () => {
    const none = evaluationAttackSchema.parse({ name: 'none' });
    const { image, drift } = await attribute(job({ attack: none }));
    expect(image.adversarial).toEqual(image.clean);
    expect(drift).toMatchObject({ imageL2: 0, imageSpearman: 1, imageTopIou: 1, textSpearman: 1 });
    expect(drift.imageKl).toBeCloseTo(0, 6);
    expect(drift.textKl).toBe(0);
  });

  test.each([
    ['flat and strong', [0, 0, 0, 0], [5, -3, 2, 1]],
    ['strong and flat', [5, -3, 2, 1], [1, 1, 1, 1]],
    ['both flat', [0, 0, 0, 0], [0, 0, 0, 0]],
    ['all negative', [-5, -4, -3, -2], [-1, -2, -3, -4]],
    ['weak beside strong', [0.001, -0.002, 0.003, 0], [10, -20, 30, 0]],
  ])('the divergence of maps that are %s is a number', (_, clean, adversarial) => {
    for (const form of ['softmax', 'magnitude'] as const) {
      const kl = tf.tidy(
        () =>
          tokenKl(
            tf.tensor2d([clean]),
            tf.tensor2d([adversarial]),
            tf.ones([1, 4]) as tf.Tensor2D,
            form,
          ).dataSync()[0] as number,
      );
      expect(Number.isFinite(kl)).toBe(true);
      expect(kl).toBeGreaterThanOrEqual(-1e-6);
    }
  });
});
