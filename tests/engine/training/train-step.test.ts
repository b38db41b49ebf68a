import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { withPlainForms } from '../../../src/engine/clip/primitives.ts';
import type { Method } from '../../../src/engine/methods/method.ts';
import { methodOf } from '../../../src/engine/methods/registry.ts';
import { attackBatch } from '../../../src/engine/training/attack-batch.ts';
import { type PromptedClip, textEncoding } from '../../../src/engine/training/prompted-clip.ts';
import {
  type Gradients,
  gradientNorm,
  lossAndGradients,
  type StepSettings,
  termGradients,
} from '../../../src/engine/training/train-step.ts';
import { untaped } from '../../../src/engine/untaped.ts';
import type { MethodName } from '../../../src/shared/run-config.ts';
import {
  type GoldenModel,
  goldenPrompted,
  openGolden,
  relativeDistance,
} from '../support/golden.ts';
import { smallConfig } from '../support/small-run.ts';

let golden: GoldenModel;
let model: PromptedClip;

beforeAll(async () => {
  await startBackend({ threads: 1 });
  golden = await openGolden();
});
beforeEach(() => {
  model = goldenPrompted(golden);
});
afterEach(() => model.learner.dispose());

const settingsOf = (name: MethodName): StepSettings => {
  const { loss, attack } = smallConfig(name);
  return { loss: { ...loss, beta: 40, gamma: 3 }, attack: { ...attack, epsilon: 4 / 255 } };
};

function expectSame(a: Gradients, b: Gradients, tolerance: number): void {
  expect([...a.keys()]).toEqual([...b.keys()]);
  for (const [name, gradient] of a) {
    const distance = relativeDistance(gradient, b.get(name) as tf.Tensor);
    expect(distance, name).toBeLessThanOrEqual(tolerance);
  }
}

const drop = (...all: Gradients[]) => tf.dispose(all.map((g) => [...g.values()]));

/** `method` whose forward pass is given the attacked images, made before and off the tape. */
function separately(name: MethodName, settings: StepSettings): Gradients {
  const attacked = tf.tidy(() =>
    attackBatch(model, golden.batch, settings.attack, textEncoding(model).features),
  );
  const start = tf.tidy(() => tf.sub(attacked, golden.batch.patches)) as tf.Tensor3D;
  // No step, and a start that is the attack's own result: the inner attack changes nothing.
  const frozen = { ...settings, attack: { ...settings.attack, steps: 0 } };
  const { gradients } = lossAndGradients(model, methodOf(name), { ...golden.batch, start }, frozen);
  tf.dispose([attacked, start]);
  return gradients;
}

describe.each<[MethodName, StepSettings['attack']['loss']]>([
  ['advmaple', 'ce'],
  ['fap', 'kl'],
  ['cba-fapt', 'ce'],
  ['cba-fapt', 'kl'],
])('%s, attacked by %s', (name, loss) => {
  const defaults = settingsOf(name);
  const settings = { ...defaults, attack: { ...defaults.attack, loss } };

  test('the gradient of the loss is the weighted sum of the gradients of its terms', () => {
    const { gradients, loss, terms } = lossAndGradients(
      model,
      methodOf(name),
      golden.batch,
      settings,
    );
    const apart = termGradients(model, methodOf(name), golden.batch, settings);
    const sum: Gradients = tf.tidy(() => {
      const all: Gradients = new Map();
      for (const { weight, gradients: each } of apart.values()) {
        for (const [parameter, gradient] of each) {
          const before = all.get(parameter) ?? tf.zerosLike(gradient);
          all.set(parameter, tf.keep(tf.add(before, tf.mul(gradient, weight))));
        }
      }
      return all as never;
    });
    expectSame(gradients, sum, 2e-5);
    const weighted = [...apart].reduce(
      (s, [term, { weight }]) => s + weight * (terms[term] ?? 0),
      0,
    );
    expect(loss / weighted).toBeCloseTo(1, 5);
    expect(Object.keys(terms)).toEqual([...apart.keys()]);
    drop(gradients, sum, ...[...apart.values()].map((each) => each.gradients));
  });

  test('the attack inside the step leaves no trace in the gradients', () => {
    const { gradients } = lossAndGradients(model, methodOf(name), golden.batch, settings);
    const apart = separately(name, settings);
    expectSame(gradients, apart, 1e-5);
    drop(gradients, apart);
  });

  test('plain and fused forms give the same gradients', () => {
    const step = () => lossAndGradients(model, methodOf(name), golden.batch, settings).gradients;
    const [fused, plain] = [step(), withPlainForms(step)];
    expectSame(fused, plain, 1e-4);
    drop(fused, plain);
  });

  test('steps leave the number of tensors flat', () => {
    const step = () =>
      drop(lossAndGradients(model, methodOf(name), golden.batch, settings).gradients);
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i += 1) step();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the gradients of the terms leave nothing behind', () => {
    const before = tf.memory().numTensors;
    const apart = termGradients(model, methodOf(name), golden.batch, settings);
    drop(...[...apart.values()].map((each) => each.gradients));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a term that does not reach a parameter has gradient 0 there', () => {
  const textOnly: Method = {
    prompts: 'coupled',
    views: 'adversarial',
    terms: () => [
      {
        name: 'text',
        weight: 1,
        value: tf.sum(tf.square(textEncoding(model).features)) as tf.Scalar,
      },
    ],
  };
  const { gradients } = lossAndGradients(model, textOnly, golden.batch, settingsOf('advmaple'));
  const norm = (parameter: string) =>
    gradientNorm(new Map([[parameter, gradients.get(parameter) as tf.Tensor]]));
  // The first image prompt is made of the words and feeds the image tower alone.
  expect(norm('project.0.weight')).toBe(0);
  expect(norm('text.0')).toBeGreaterThan(0);
  drop(gradients);
});

test('gradientNorm takes all tensors together: (3, 4) and 12 have length 13', () => {
  const gradients = new Map<string, tf.Tensor>([
    ['a', tf.tensor1d([3, 4])],
    ['b', tf.scalar(12)],
  ]);
  const before = tf.memory().numTensors;
  expect(gradientNorm(gradients)).toBeCloseTo(13, 5);
  expect(tf.memory().numTensors).toBe(before);
  drop(gradients);
});

describe('the training attack', () => {
  test('raises its own loss and stays inside the ball and the pixels', () => {
    tf.tidy(() => {
      const { attack } = settingsOf('advmaple');
      const { features } = textEncoding(model);
      const attacked = attackBatch(model, golden.batch, attack, features);
      const delta = tf.sub(attacked, golden.batch.patches);
      expect(tf.max(tf.abs(delta)).dataSync()[0]).toBeLessThanOrEqual(attack.epsilon + 1e-6);
      expect(tf.min(attacked).dataSync()[0]).toBeGreaterThanOrEqual(0);
      expect(tf.max(attacked).dataSync()[0]).toBeLessThanOrEqual(1);
      expect(tf.max(tf.abs(delta)).dataSync()[0]).toBeGreaterThan(attack.epsilon / 2);
    });
  });

  test('of one image does not depend on the others', () => {
    tf.tidy(() => {
      const { attack } = settingsOf('fap');
      const { features } = textEncoding(model);
      const { patches, labels, start } = golden.batch;
      const all = attackBatch(model, golden.batch, attack, features);
      const one = (x: tf.Tensor) => tf.slice(x, [2, 0, 0], [1, -1, -1]) as tf.Tensor3D;
      const alone = attackBatch(
        model,
        { patches: one(patches), labels: [labels[2] as number], start: one(start) },
        attack,
        features,
      );
      expect(relativeDistance(alone, one(all))).toBeLessThan(1e-6);
    });
  });
});

describe('untaped', () => {
  test('gradients inside do not disturb the ones outside, whatever happens', () => {
    tf.tidy(() => {
      // d/dx of x^2 + (value of d/dx x^3) with the second a constant: 2 x = 6.
      const outer = tf.grad((x) => {
        const inner = untaped(() => tf.grad((y) => tf.sum(tf.pow(y, 3)))(x));
        return tf.sum(tf.add(tf.square(x), inner)) as tf.Scalar;
      });
      expect(outer(tf.tensor1d([3])).dataSync()[0]).toBeCloseTo(6, 5);
      const throwing = tf.grad((x) => {
        expect(() =>
          untaped(() => {
            throw new Error('inside');
          }),
        ).toThrow('inside');
        return tf.sum(tf.square(x)) as tf.Scalar;
      });
      expect(throwing(tf.tensor1d([3])).dataSync()[0]).toBeCloseTo(6, 5);
    });
  });
});
