import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import { maxLogitError } from '../../../src/engine/check/logit-self-test.ts';
import { encodeImage } from '../../../src/engine/clip/image-tower.ts';
import { withPlainForms } from '../../../src/engine/clip/primitives.ts';
import { layOutText, type TextLayout } from '../../../src/engine/clip/text-layout.ts';
import { encodeText } from '../../../src/engine/clip/text-tower.ts';
import type { PromptLists } from '../../../src/engine/prompts/learner.ts';
import { normal, stream } from '../../../src/engine/random.ts';
import {
  END_ID,
  type GoldenModel,
  goldenLearner,
  openGolden,
  relativeDistance,
} from '../support/golden.ts';

let model: GoldenModel;
/** Two prompt tokens in three blocks of each tower, far from zero. */
let prompts: { image: tf.Tensor2D[]; text: tf.Tensor2D[] };

beforeAll(async () => {
  await startBackend({ threads: 1 });
  model = await openGolden();
  const draw = (name: string, width: number) =>
    [0, 1, 2].map((block) =>
      tf.tensor2d(normal(stream(1, name, block), 2 * width, 0.7), [2, width]),
    );
  prompts = { image: draw('image', 48), text: draw('text', 32) };
});
afterAll(() => tf.dispose(prompts));

type Which = 'with prompts' | 'without';
const lists = (which: Which): PromptLists =>
  which === 'with prompts' ? prompts : { image: null, text: null };
const contextOf = (which: Which) => (which === 'with prompts' ? 2 : 0);

/** Features, and the gradients of a weighted sum of them by the given tensors. */
function valueAndGradients(f: (...x: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]) {
  const cotangent = (y: tf.Tensor) => tf.reshape(tf.linspace(-1, 1.5, y.size), y.shape);
  const value = f(...inputs);
  const gradients = tf.grads((...x: tf.Tensor[]) => {
    const y = f(...x);
    return tf.sum(tf.mul(y, cotangent(y)));
  })(inputs);
  return [value, ...gradients];
}

function expectEqual(ours: tf.Tensor[], theirs: tf.Tensor[], tolerance: number): void {
  for (const [i, tensor] of ours.entries()) {
    expect(relativeDistance(tensor, theirs[i] as tf.Tensor), `output ${i}`).toBeLessThan(tolerance);
  }
}

const withShared = (layout: TextLayout, sharedLength: number): TextLayout => ({
  ...layout,
  sharedLength,
});

describe.each<Which>(['with prompts', 'without'])('%s', (which) => {
  const image = (patches: tf.Tensor, ...deep: tf.Tensor[]) =>
    encodeImage(model.clip, patches as tf.Tensor3D, deep.length ? (deep as tf.Tensor2D[]) : null)
      .features;
  const text = (layout: TextLayout) => (deep: tf.Tensor2D[] | null) =>
    encodeText(model.clip, layout, deep).features;

  test('the fused image tower equals the plain one, features and gradients', () => {
    tf.tidy(() => {
      const inputs = [model.batch.patches, ...(lists(which).image ?? [])];
      const ours = valueAndGradients(image, inputs);
      expectEqual(
        ours,
        withPlainForms(() => valueAndGradients(image, inputs)),
        2e-5,
      );
    });
  });

  test('the fused text tower equals the plain one, features and gradients', () => {
    tf.tidy(() => {
      const features = text(layOutText(model.rows, END_ID, contextOf(which)));
      const deep = lists(which).text;
      if (!deep) {
        expectEqual([features(null)], [withPlainForms(() => features(null))], 2e-5);
        return;
      }
      const f = (...x: tf.Tensor[]) => features(x as tf.Tensor2D[]);
      const ours = valueAndGradients(f, deep);
      expectEqual(
        ours,
        withPlainForms(() => valueAndGradients(f, deep)),
        2e-5,
      );
    });
  });

  test('classes one at a time give the features of all at once', () => {
    tf.tidy(() => {
      const all = text(layOutText(model.rows, END_ID, contextOf(which)))(lists(which).text);
      const each = model.rows.map((row) =>
        text(layOutText([row], END_ID, contextOf(which)))(lists(which).text),
      );
      expect(relativeDistance(tf.concat(each), all)).toBeLessThan(1e-5);
    });
  });

  test('a shared prefix equals running every class by itself', () => {
    tf.tidy(() => {
      const layout = layOutText(model.rows, END_ID, contextOf(which));
      const least = withShared(layout, 1 + contextOf(which));
      expect(layout.sharedLength).toBeGreaterThan(least.sharedLength);
      const deep = lists(which).text;
      const f =
        (l: TextLayout) =>
        (...x: tf.Tensor[]) =>
          text(l)(x.length ? (x as tf.Tensor2D[]) : null);
      if (deep) {
        expectEqual(valueAndGradients(f(layout), deep), valueAndGradients(f(least), deep), 2e-5);
      } else {
        expectEqual([f(layout)()], [f(least)()], 1e-5);
      }
    });
  });

  test('padding does not matter: zeros, ends of text, or a longer row', () => {
    tf.tidy(() => {
      const padded = (pad: number) =>
        model.rows.map((row) => {
          const end = row.indexOf(END_ID);
          return row.map((id, i) => (i > end ? pad : id));
        });
      const features = (rows: number[][]) =>
        text(layOutText(rows, END_ID, contextOf(which)))(lists(which).text);
      const expected = features(padded(0));
      expectEqual([features(padded(END_ID)), features(padded(7))], [expected, expected], 1e-6);
    });
  });

  test('images one at a time give the features of all at once', () => {
    tf.tidy(() => {
      const deep = lists(which).image ?? [];
      const all = image(model.batch.patches, ...deep);
      const each = tf.split(model.batch.patches, 4).map((one) => image(one, ...deep));
      expect(relativeDistance(tf.concat(each), all)).toBeLessThan(1e-5);
    });
  });

  test('nothing is left behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      image(model.batch.patches, ...(lists(which).image ?? []));
      text(layOutText(model.rows, END_ID, contextOf(which)))(lists(which).text);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('every prompt changes the features, and only its own tower', () => {
  tf.tidy(() => {
    const layout = layOutText(model.rows, END_ID, 2);
    for (const block of [0, 1, 2]) {
      const changed = prompts.text.map((p, i) => (i === block ? tf.reverse(p, -1) : p));
      const [a, b] = [prompts.text, changed].map(
        (deep) => encodeText(model.clip, layout, deep as tf.Tensor2D[]).features,
      );
      expect(relativeDistance(b as tf.Tensor, a as tf.Tensor), `text ${block}`).toBeGreaterThan(
        1e-3,
      );
      const moved = prompts.image.map((p, i) => (i === block ? tf.reverse(p, -1) : p));
      const [c, d] = [prompts.image, moved].map(
        (deep) => encodeImage(model.clip, model.batch.patches, deep as tf.Tensor2D[]).features,
      );
      expect(relativeDistance(d as tf.Tensor, c as tf.Tensor), `image ${block}`).toBeGreaterThan(
        1e-3,
      );
    }
  });
});

test('the golden learner gives the recorded features', () => {
  tf.tidy(() => {
    const { golden, clip, rows, batch } = model;
    const learner = goldenLearner(golden);
    const { image, text } = learner.prompts();
    const recorded = (name: string) => {
      const found = golden.tensors.get(`cba-fapt/${name}`);
      return tf.tensor(found?.values ?? [], found?.shape);
    };
    const ours = encodeText(clip, layOutText(rows, END_ID, 2), text).features;
    expect(relativeDistance(ours, recorded('text_features'))).toBeLessThan(1e-5);
    const theirs = encodeImage(clip, batch.patches, image).features;
    expect(relativeDistance(theirs, recorded('image_features'))).toBeLessThan(1e-5);
    learner.dispose();
  });
});

test('random weights give the logits recorded with PyTorch, and leave nothing behind', () => {
  const before = tf.memory().numTensors;
  expect(maxLogitError()).toBeLessThan(1e-4);
  expect(tf.memory().numTensors).toBe(before);
});
