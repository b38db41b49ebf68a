import * as tf from '@tensorflow/tfjs-core';
import type { TrainingAttack } from '../../shared/attack.ts';
import type { LossOptions } from '../../shared/run-config.ts';
import { pgd } from '../attacks/pgd.ts';
import { chooseTexts } from '../attribution/maps.ts';
import { logitsOf } from '../clip/similarity.ts';
import { crossEntropy, klDivergence } from '../methods/losses.ts';
import type { LossTerm, Method, View } from '../methods/method.ts';
import { untaped } from '../untaped.ts';
import {
  halves,
  imageEncoding,
  imageLogits,
  type PromptedClip,
  textEncoding,
} from './prompted-clip.ts';

export type Batch = {
  /** Clean pixels as patches [B, M, 3 P P]. */
  patches: tf.Tensor3D;
  labels: number[];
  /** The attack's random start, same shape as the patches. */
  start: tf.Tensor3D;
};

export type StepSettings = { attack: TrainingAttack; loss: LossOptions };

/** Gradients by parameter name; the caller disposes them. */
export type Gradients = Map<string, tf.Tensor>;

function classRows(labels: number[], classes: number): tf.Tensor2D {
  return tf.oneHot(tf.tensor1d(labels, 'int32'), classes, 1, 0, 'float32') as tf.Tensor2D;
}

/**
 * The training attack on the prompted model (methods 1.5): ascent on CE with the true labels, or on
 * KL(p_clean || p_adv). Text features and the clean logits are constants of the attack.
 */
export function attackBatch(
  model: PromptedClip,
  { patches, labels, start }: Batch,
  attack: TrainingAttack,
  textFeatures: tf.Tensor2D,
): tf.Tensor3D {
  return untaped(() => {
    const oneHot = classRows(labels, model.layout.ends.length);
    const clean = attack.loss === 'kl' ? imageLogits(model, patches, textFeatures) : null;
    const loss = (perturbed: tf.Tensor) => {
      const logits = imageLogits(model, perturbed as tf.Tensor3D, textFeatures);
      const each = clean ? klDivergence(clean, logits) : crossEntropy(logits, oneHot);
      return tf.sum(each) as tf.Scalar;
    };
    return tf.add(patches, pgd(patches, start, attack, loss)) as tf.Tensor3D;
  });
}

/** Forward of everything the loss needs: text once, clean and adversarial images as one batch. */
function lossTerms(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  { attack, loss }: StepSettings,
  attacked: tf.Tensor3D | null,
): LossTerm[] {
  const text = textEncoding(model);
  const perturbed = attacked ?? attackBatch(model, batch, attack, text.features);
  const count = batch.labels.length;
  const view = (encoding: View['encoding']): View => ({
    encoding,
    logits: logitsOf(encoding.features, text.features, model.clip.logitScale),
  });
  let clean: View | null = null;
  let adversarial: View;
  if (method.needsClean) {
    const joint = imageEncoding(model, tf.concat([batch.patches, perturbed]) as tf.Tensor3D);
    const [first, second] = halves(joint, count);
    clean = view(first);
    adversarial = view(second);
  } else {
    adversarial = view(imageEncoding(model, perturbed));
  }
  let texts: ReturnType<typeof chooseTexts> | null = null;
  return method.terms({
    clip: model.clip,
    adversarial,
    clean,
    oneHot: classRows(batch.labels, model.layout.ends.length),
    texts: () => {
      texts ??= chooseTexts(text, model.layout, batch.labels);
      return texts;
    },
    options: loss,
  });
}

function gradientsOf(
  model: PromptedClip,
  loss: () => tf.Scalar,
): { value: number; gradients: Gradients } {
  const { parameters } = model.learner;
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  const number = value.dataSync()[0] as number;
  value.dispose();
  const gradients: Gradients = new Map();
  for (const [name, parameter] of parameters) {
    gradients.set(name, grads[parameter.name] ?? tf.zerosLike(parameter));
  }
  return { value: number, gradients };
}

const sum = (terms: LossTerm[]) =>
  terms.map((term) => tf.mul(term.value, term.weight)).reduce((a, b) => tf.add(a, b)) as tf.Scalar;

export type StepResult = { loss: number; terms: Record<string, number>; gradients: Gradients };

/** Attack, forward and backward of one batch: the loss, its raw terms and the gradients. */
export function lossAndGradients(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  settings: StepSettings,
): StepResult {
  const kept: { name: string; value: tf.Scalar }[] = [];
  const { value, gradients } = gradientsOf(model, () => {
    const terms = lossTerms(model, method, batch, settings, null);
    for (const term of terms) kept.push({ name: term.name, value: tf.keep(term.value) });
    return sum(terms);
  });
  const terms: Record<string, number> = {};
  for (const { name, value: term } of kept) {
    terms[name] = term.dataSync()[0] as number;
    term.dispose();
  }
  return { loss: value, terms, gradients };
}

/** The gradient of each term alone, unweighted, at one and the same attack; the caller disposes. */
export function termGradients(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  settings: StepSettings,
): Map<string, { weight: number; gradients: Gradients }> {
  const attacked = tf.tidy(() =>
    attackBatch(model, batch, settings.attack, textEncoding(model).features),
  );
  const results = new Map<string, { weight: number; gradients: Gradients }>();
  let names: string[] | null = null;
  for (let index = 0; names === null || index < (names as string[]).length; index += 1) {
    let weight = 0;
    const { gradients } = gradientsOf(model, () => {
      const terms = lossTerms(model, method, batch, settings, attacked);
      names = terms.map((term) => term.name);
      const term = terms[index] as LossTerm;
      weight = term.weight;
      return term.value;
    });
    results.set((names as unknown as string[])[index] as string, { weight, gradients });
  }
  attacked.dispose();
  return results;
}

/** l2 norm of gradients taken together. */
export function gradientNorm(gradients: Gradients): number {
  return tf.tidy(() => {
    const squares = [...gradients.values()].map((g) => tf.sum(tf.square(g)));
    return Math.sqrt(tf.addN(squares).dataSync()[0] as number);
  });
}
