import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../../src/engine/backend/start-backend.ts';
import {
  type AttackedBatch,
  attackImages,
  type Classifier,
  classifyImages,
  type Subject,
} from '../../../src/engine/evaluation/attack-images.ts';
import { LEARNERS, makeLearner } from '../../../src/engine/prompts/learners.ts';
import { stream, uniform } from '../../../src/engine/random.ts';
import { allTextFeatures, type PromptedClip } from '../../../src/engine/training/prompted-clip.ts';
import { type EvaluationAttack, evaluationAttackSchema } from '../../../src/shared/attack.ts';
import { type GoldenModel, goldenPrompted, openGolden } from '../support/golden.ts';

let golden: GoldenModel;
let tuned: Classifier;
let plain: Classifier;
/** AdvVP's: a border and tokens. */
let framed: Classifier;

const withTexts = (model: PromptedClip): Classifier => ({
  model,
  textFeatures: allTextFeatures(model),
});

beforeAll(async () => {
  await startBackend({ threads: 1 });
  golden = await openGolden();
  tuned = withTexts(goldenPrompted(golden));
  plain = withTexts(goldenPrompted(golden, false));
  const { shape } = golden.clip;
  const initial = LEARNERS.frame.initial({
    words: new Float32Array(),
    contexts: 1,
    contextLength: 2,
    depth: 1,
    border: 4,
    shape,
    seed: 3,
  });
  framed = withTexts({ ...plain.model, learner: makeLearner('frame', initial, 1) });
});
afterAll(() => {
  for (const { model, textFeatures } of [tuned, plain, framed]) {
    textFeatures.dispose();
    model.learner.dispose();
  }
});

/** Images of noise, each drawn by its number, labelled as the model sees them but for every fifth. */
function subjectOf(classifier: Classifier, numbers: number[]): Subject {
  const { imageSize, patchSize } = classifier.model.clip.shape;
  const count = (imageSize / patchSize) ** 2;
  const length = 3 * patchSize ** 2;
  const values = numbers.flatMap((n) => [...uniform(stream('image', n), count * length, 0, 1)]);
  const patches = tf.tensor3d(values, [numbers.length, count, length]);
  const examples = numbers.map((n) => ({ id: `image-${n}`, path: '', label: 0 }));
  const classes = classifier.textFeatures.shape[0];
  for (const [row, { predicted }] of classifyImages({
    ...classifier,
    patches,
    examples,
  }).entries()) {
    const wrong = (numbers[row] as number) % 5 === 4;
    (examples[row] as { label: number }).label = wrong ? (predicted + 1) % classes : predicted;
  }
  return { ...classifier, patches, examples };
}

type Changes = Partial<EvaluationAttack> & Pick<EvaluationAttack, 'name'>;
const attackOf = (changes: Changes) =>
  evaluationAttackSchema.parse({ epsilon: 2 / 255, stepSize: 1 / 255, steps: 3, ...changes });

async function run(subject: Subject, changes: Changes): Promise<AttackedBatch> {
  let found: AttackedBatch | null = null;
  for await (const { share, result } of attackImages(subject, attackOf(changes), 1)) {
    expect(share).toBeLessThanOrEqual(1 + 1e-9);
    found = result ?? found;
  }
  return found as unknown as AttackedBatch;
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const L2 = { norm: 'l2', epsilon: 0.5, stepSize: 0.2 } as const;
const ATTACKS: Changes[] = [
  { name: 'none' },
  { name: 'noise', restarts: 2 },
  { name: 'pgd' },
  { ...L2, name: 'pgd', loss: 'kl', stopWhenFooled: true },
  { name: 'pgd', loss: 'margin', iterate: 'best', restarts: 2 },
  { name: 'apgd', loss: 'dlr' },
  { ...L2, name: 'apgd', stopWhenFooled: true },
  { name: 'fab', targetClasses: 2 },
  { ...L2, name: 'square', steps: 10 },
  { name: 'autoattack', steps: 1, targetClasses: 2 },
];
const titled = ATTACKS.map((a) => [`${a.name} ${a.norm ?? 'linf'} ${a.loss ?? ''}`, a] as const);

describe.each(titled)('%s', (_, attack) => {
  test('batches of 1, 7 and all agree', async () => {
    const numbers = numbersTo(attack.name === 'pgd' ? 64 : 14);
    const whole = subjectOf(tuned, numbers);
    const all = await run(whole, attack);
    const perImage = all.perturbation.size / numbers.length;
    const together = all.perturbation.dataSync() as Float32Array;
    const epsilon = attack.epsilon ?? 2 / 255;
    for (const size of [1, 7]) {
      let strayed = 0;
      for (let begin = 0; begin < numbers.length; begin += size) {
        const part = subjectOf(tuned, numbers.slice(begin, begin + size));
        const found = await run(part, attack);
        for (const [row, image] of found.images.entries()) {
          const wanted = all.images[begin + row] as (typeof all.images)[0];
          const own = found.perturbation.dataSync().subarray(row * perImage, (row + 1) * perImage);
          const far = own.filter(
            (d, i) =>
              Math.abs(d - (together[(begin + row) * perImage + i] as number)) > 0.01 * epsilon,
          );
          // A gradient's sign near 0 may flip, or a rounding decide a step: seldom, and then few pixels.
          const same =
            far.length <= perImage / 200 &&
            image.predicted === wanted.predicted &&
            image.fooledAt === wanted.fooledAt &&
            image.by === wanted.by &&
            Math.abs(image.margin - wanted.margin) < 0.02;
          if (!same) strayed += 1;
        }
        tf.dispose([found.perturbation, part.patches]);
      }
      expect(strayed, `batch ${size}`).toBeLessThanOrEqual(numbers.length > 50 ? 1 : 0);
    }
    tf.dispose([all.perturbation, whole.patches]);
  });

  test('a ball of 0 is the natural outcome exactly', async () => {
    const subject = subjectOf(tuned, numbersTo(7));
    const natural = classifyImages(subject);
    const { images, perturbation, observed } = await run(subject, { ...attack, epsilon: 0 });
    expect(images.map(({ predicted }) => predicted)).toEqual(
      natural.map(({ predicted }) => predicted),
    );
    expect(perturbation.dataSync().every((d) => d === 0)).toBe(true);
    expect(observed.maxDistance).toBe(0);
    expect(observed.noiseRight).toBe(natural.filter(({ fooled }) => !fooled).length);
    tf.dispose([perturbation, subject.patches]);
  });

  test('what was seen, and no tensor left, stopped or not', async () => {
    const subject = subjectOf(tuned, numbersTo(5));
    await run(subject, attack).then(({ perturbation }) => perturbation.dispose());
    const before = tf.memory().numTensors;
    const { images, perturbation, observed, warnings } = await run(subject, attack);
    const { norm, epsilon } = attackOf(attack);
    const values = perturbation.dataSync() as Float32Array;
    const lengths = images.map((_, row) => {
      const own = [...values.subarray((row * values.length) / 5, ((row + 1) * values.length) / 5)];
      return norm === 'l2' ? Math.hypot(...own) : Math.max(...own.map(Math.abs));
    });
    expect(observed.maxDistance).toBeCloseTo(Math.max(...lengths), 6);
    expect(observed.maxDistance).toBeLessThanOrEqual(epsilon * (1 + 1e-5));
    expect(observed.minPixel).toBeGreaterThanOrEqual(0);
    expect(observed.maxPixel).toBeLessThanOrEqual(1);
    const gradients = ['pgd', 'apgd', 'autoattack'].includes(attack.name);
    expect(observed.zeroGradientImages).toBe(gradients ? 0 : null);
    expect(warnings).toEqual([]);
    perturbation.dispose();
    expect(tf.memory().numTensors).toBe(before);
    for (const stop of [1, 3]) {
      let left = stop;
      for await (const { result } of attackImages(subject, attackOf(attack), 1)) {
        left -= 1;
        result?.perturbation.dispose();
        if (left === 0) break;
      }
      expect(tf.memory().numTensors).toBe(before);
    }
    subject.patches.dispose();
  });
});

test('noise is told apart: right under one draw, with or without a random start', async () => {
  const subject = subjectOf(tuned, numbersTo(20));
  const wide = { epsilon: 0.1, steps: 1, stepSize: 0.1 };
  const seen = async (changes: Changes) => {
    const { observed, images, perturbation } = await run(subject, { ...wide, ...changes });
    perturbation.dispose();
    return { noiseRight: observed.noiseRight, images };
  };
  const { noiseRight, images } = await seen({ name: 'noise' });
  const right = images.filter(({ predicted }, i) => predicted === subject.examples[i]?.label);
  expect(noiseRight).toBe(right.length);
  // The same draw, asked for beside an attack that has none of its own.
  expect((await seen({ name: 'pgd', randomStart: false })).noiseRight).toBe(noiseRight);
  const start = await seen({ name: 'pgd', steps: 0 });
  const startRight = start.images.filter((x, i) => x.predicted === subject.examples[i]?.label);
  expect((await seen({ name: 'pgd' })).noiseRight).toBe(startRight.length);
  expect(noiseRight).toBeLessThanOrEqual(16);
  subject.patches.dispose();
});

describe('transfer', () => {
  test('the images are made on the attacker and judged by the model', async () => {
    const subject = subjectOf(plain, numbersTo(12));
    const attack: Changes = { name: 'pgd', epsilon: 8 / 255, stepSize: 2 / 255, steps: 6 };
    // The same images and labels under attack by themselves.
    const attacker = await run({ ...subject, ...tuned }, attack);
    const before = tf.memory().numTensors;
    const moved = await run({ ...subject, attacker: tuned }, attack);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect([...moved.perturbation.dataSync()]).toEqual([...attacker.perturbation.dataSync()]);
    const patches = tf.add(subject.patches, moved.perturbation) as tf.Tensor3D;
    const judged = classifyImages({ ...subject, patches });
    for (const [row, image] of moved.images.entries()) {
      const { predicted, margin, fooled } = judged[row] as (typeof judged)[0];
      expect(image).toEqual({ predicted, margin, fooledAt: fooled ? 6 : null });
    }
    // The other model's own images hurt it more.
    const own = await run(subject, attack);
    const sum = (batch: AttackedBatch) => batch.images.reduce((total, x) => total + x.margin, 0);
    expect(sum(own)).toBeLessThan(sum(moved));
    tf.dispose([attacker, moved, own].map(({ perturbation }) => perturbation));
    tf.dispose([patches, subject.patches]);
  });
});

describe("AdvVP's published test", () => {
  test('attacks through the border and predicts without it', async () => {
    const subject = subjectOf(framed, numbersTo(8));
    const attack: Changes = { name: 'pgd', epsilon: 8 / 255, stepSize: 2 / 255 };
    const always = await run(subject, attack);
    const only = await run(subject, { ...attack, frame: 'attack-only' });
    expect([...only.perturbation.dataSync()]).toEqual([...always.perturbation.dataSync()]);
    const bare = classifyImages(subject, 'attack-only');
    expect(bare).not.toEqual(classifyImages(subject));
    const patches = tf.add(subject.patches, only.perturbation) as tf.Tensor3D;
    expect(only.images.map(({ margin }) => margin)).toEqual(
      classifyImages({ ...subject, patches }, 'attack-only').map(({ margin }) => margin),
    );
    expect(always.images.map(({ margin }) => margin)).toEqual(
      classifyImages({ ...subject, patches }).map(({ margin }) => margin),
    );
    tf.dispose([always.perturbation, only.perturbation, patches, subject.patches]);
  });

  test('changes nothing for a model without a border, steps included', async () => {
    const subject = subjectOf(tuned, numbersTo(8));
    const attack: Changes = { name: 'pgd', epsilon: 8 / 255, stepSize: 2 / 255 };
    const [always, only] = [
      await run(subject, attack),
      await run(subject, { ...attack, frame: 'attack-only' }),
    ];
    expect(only.images).toEqual(always.images);
    tf.dispose([always.perturbation, only.perturbation, subject.patches]);
  });
});

test('an attack that cannot have its loss says so with the batch', async () => {
  const { model, textFeatures } = tuned;
  const two = tf.slice(textFeatures, [0, 0], [2, textFeatures.shape[1]]);
  const subject = subjectOf({ model, textFeatures: two }, numbersTo(3));
  const { warnings, perturbation } = await run(subject, { name: 'apgd', loss: 'dlr' });
  expect(warnings.map(({ code }) => code)).toEqual(['attack-too-few-classes']);
  tf.dispose([two, perturbation, subject.patches]);
});
