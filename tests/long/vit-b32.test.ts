import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/engine/backend/start-backend.ts';
import { closeModel, openModel } from '../../src/engine/clip/open-model.ts';
import { withPlainForms } from '../../src/engine/clip/primitives.ts';
import { layOutText } from '../../src/engine/clip/text-layout.ts';
import type { ClipWeights } from '../../src/engine/clip/weights.ts';
import { methodOf } from '../../src/engine/methods/registry.ts';
import { LEARNERS, makeLearner } from '../../src/engine/prompts/learners.ts';
import { stream, uniform } from '../../src/engine/random.ts';
import type { PromptedClip } from '../../src/engine/training/prompted-clip.ts';
import { lossAndGradients, type StepResult } from '../../src/engine/training/train-step.ts';
import { defaultConfig } from '../../src/shared/method-catalogue.ts';

const END = 49_407;
const CLASSES = 60;

/**
 * The shortcuts against the plain computation at real size: fused blocks, the shared prefix, texts
 * grouped by length, and chunks, each switched off in turn.
 */
describe('ViT-B/32', () => {
  let clip: ClipWeights;

  beforeAll(async () => {
    await startBackend();
    const model = await openModel({ path: 'random:ViT-B/32' });
    clip = model.weights;
    return () => closeModel(model);
  });

  function prompted(sharedLength?: number): PromptedClip {
    const rows = Array.from({ length: CLASSES }, (_, k) => [
      END - 1,
      ...[1, 2, 3, 4, 5, 6, 7].map((i) => 100 * i),
      ...Array.from({ length: 4 + (k % 6) }, (_, i) => 1000 + 37 * k + i),
      END,
    ]);
    const layout = layOutText(rows, END, 2);
    const initial = LEARNERS.coupled.initial({
      words: uniform(stream(1, 'words'), 2 * 512, -0.05, 0.05),
      contexts: 1,
      contextLength: 2,
      depth: 9,
      border: 30,
      shape: clip.shape,
      seed: 1,
    });
    const learner = makeLearner('coupled', initial, 9);
    return {
      clip,
      layout: { ...layout, sharedLength: sharedLength ?? layout.sharedLength },
      learner,
    };
  }

  function step(model: PromptedClip, name: 'fap' | 'cba-fapt', chunked: boolean): StepResult {
    const config = defaultConfig({ method: name, dataset: '-', model: '-', shots: 1, seed: 1 });
    // No attack step: a sign that flips near 0 would hide what is compared here.
    const settings = { ...config, attack: { ...config.attack, steps: 0, epsilon: 4 / 255 } };
    const draw = (what: string, low: number, high: number) =>
      tf.tensor3d(uniform(stream(1, what), 4 * 49 * 3072, low, high), [4, 49, 3072]);
    const batch = {
      patches: draw('pixels', 0.1, 0.9),
      start: draw('start', -4 / 255, 4 / 255),
      labels: [0, 7, 7, 59],
    };
    const result = lossAndGradients(model, methodOf(name), batch, settings, chunked);
    tf.dispose([batch.patches, batch.start]);
    model.learner.dispose();
    return result;
  }

  function expectSame(fast: StepResult, plain: StepResult): void {
    expect(Math.abs(fast.loss - plain.loss) / Math.abs(plain.loss)).toBeLessThan(1e-4);
    for (const [name, gradient] of plain.gradients) {
      const [size, distance] = tf.tidy(() => [
        tf.max(tf.abs(gradient)).dataSync()[0] as number,
        tf
          .max(tf.abs(tf.sub(gradient, fast.gradients.get(name) as tf.Tensor)))
          .dataSync()[0] as number,
      ]) as unknown as [number, number];
      expect(distance / size, name).toBeLessThan(1e-4);
    }
    tf.dispose([...fast.gradients.values(), ...plain.gradients.values()]);
  }

  it.each(['fap', 'cba-fapt'] as const)('%s: fused blocks equal ordinary operations', (name) => {
    const plain = withPlainForms(() => step(prompted(), name, false));
    expectSame(step(prompted(), name, false), plain);
  });

  it('the shared prefix and the groups equal running every class from its context on', () => {
    expectSame(step(prompted(), 'fap', false), step(prompted(3), 'fap', false));
  });

  it.each(['fap', 'cba-fapt'] as const)('%s: chunks equal one tape', (name) => {
    expectSame(step(prompted(), name, true), step(prompted(), name, false));
  });
});
