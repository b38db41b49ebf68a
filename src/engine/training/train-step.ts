import * as tf from '@tensorflow/tfjs-core';
import type { TrainingAttack } from '../../shared/attack.ts';
import type { LossOptions } from '../../shared/run-config.ts';
import { encodeImage } from '../clip/image-tower.ts';
import { logitsOf } from '../clip/similarity.ts';
import { chosenLayout, classChunks, needsChunks } from '../clip/text-chunks.ts';
import { encodeText } from '../clip/text-tower.ts';
import type { LossTerm, Method, View } from '../methods/method.ts';
import { once } from '../once.ts';
import { attackBatch, type Batch, classRows } from './attack-batch.ts';
import {
  allTextFeatures,
  halves,
  imageEncoding,
  joined,
  type PromptedClip,
} from './prompted-clip.ts';
import { givenText, type TextSource, wholeText } from './text-sources.ts';

export type StepSettings = { attack: TrainingAttack; loss: LossOptions };

/** Gradients by parameter name; the caller disposes them. */
export type Gradients = Map<string, tf.Tensor>;

export type StepResult = {
  loss: number;
  /** Raw (unweighted) terms by name. */
  terms: Record<string, number>;
  gradients: Gradients;
};

/** What of a loss is followed back: the weighted sum of its terms, or one term alone, unweighted. */
type Objective = (terms: LossTerm[]) => tf.Scalar;

const weightedSum: Objective = (terms) =>
  terms
    .map((term) => tf.mul(term.value, term.weight) as tf.Scalar)
    .reduce((a, b) => tf.add(a, b) as tf.Scalar);

/**
 * Attack, forward and backward of one batch: text features once, the attack against them, clean and
 * attacked images as one batch, one backward pass.
 *
 * @param chunked go through the classes in chunks (exact, bounded memory); by default where one
 *   tape over all classes would be too large
 */
export function lossAndGradients(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  settings: StepSettings,
  chunked = needsChunks(model.layout, model.clip.shape),
): StepResult {
  return follow(model, method, batch, settings, weightedSum, null, chunked);
}

/** The gradient of each term alone, unweighted, at one and the same attack; the caller disposes. */
export function termGradients(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  settings: StepSettings,
  chunked = needsChunks(model.layout, model.clip.shape),
): Map<string, { weight: number; gradients: Gradients }> {
  const attacked =
    method.views === 'clean'
      ? null
      : tf.tidy(() => attackBatch(model, batch, settings.attack, allTextFeatures(model)));
  const results = new Map<string, { weight: number; gradients: Gradients }>();
  let count = 1;
  for (let index = 0; index < count; index += 1) {
    let chosen = { name: '', weight: 0 };
    const objective: Objective = (terms) => {
      count = terms.length;
      const term = terms[index] as LossTerm;
      chosen = { name: term.name, weight: term.weight };
      return term.value;
    };
    const { gradients } = follow(model, method, batch, settings, objective, attacked, chunked);
    results.set(chosen.name, { weight: chosen.weight, gradients });
  }
  attacked?.dispose();
  return results;
}

/** l2 norm of gradients taken together. */
export function gradientNorm(gradients: Gradients): number {
  const square = tf.tidy(() => tf.addN([...gradients.values()].map((g) => tf.sum(tf.square(g)))));
  const value = square.dataSync()[0] as number;
  square.dispose();
  return Math.sqrt(value);
}

function follow(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  settings: StepSettings,
  objective: Objective,
  attacked: tf.Tensor3D | null,
  chunked: boolean,
): StepResult {
  const { labels } = batch;
  const rows = method.views === 'both' ? [...labels, ...labels] : labels;
  const terms: Record<string, tf.Scalar> = {};
  const measure = (source: TextSource) => {
    const found = lossTerms(model, method, batch, settings, source, attacked);
    for (const { name, value } of found) terms[name] = tf.keep(tf.clone(value));
    return objective(found);
  };
  const { value, gradients } =
    chunked && !model.fixedText
      ? throughChunks(model, rows, measure)
      : gradientsOf(model.learner.parameters, () => measure(wholeText(model, rows)));
  const numbers = Object.entries(terms).map(([name, term]) => [name, term.dataSync()[0] as number]);
  tf.dispose(Object.values(terms));
  return { loss: value, terms: Object.fromEntries(numbers) as Record<string, number>, gradients };
}

/** Attack and forward of everything the loss needs, given the text side. */
function lossTerms(
  model: PromptedClip,
  method: Method,
  batch: Batch,
  { attack, loss }: StepSettings,
  { features, texts }: TextSource,
  attacked: tf.Tensor3D | null,
): LossTerm[] {
  const view = (encoding: View['encoding']): View => ({
    encoding,
    logits: logitsOf(encoding.features, features, model.clip.logitScale),
  });
  const encode = (patches: tf.Tensor3D) => view(imageEncoding(model, patches));
  const attackTexts = model.constantText ?? features;
  const shared = {
    clip: model.clip,
    oneHot: classRows(batch.labels, model.layout.ends.length),
    texts,
    textFeatures: features,
    frozen: () => frozenView(model, batch),
    options: loss,
  };
  if (method.views === 'clean') {
    const clean = encode(batch.patches);
    return method.terms({ ...shared, clean, adversarial: null, pair: noPair });
  }
  if (method.views === 'both' && attack.loss === 'kl' && !attacked) {
    // The attack's clean branch is the update's: one forward serves both.
    const clean = encode(batch.patches);
    const adversarial = encode(attackBatch(model, batch, attack, attackTexts, clean.logits));
    const pair = once(() => joined(clean.encoding, adversarial.encoding));
    return method.terms({ ...shared, clean, adversarial, pair });
  }
  const perturbed = attacked ?? attackBatch(model, batch, attack, attackTexts);
  if (method.views === 'adversarial') {
    const adversarial = encode(perturbed);
    return method.terms({ ...shared, clean: null, adversarial, pair: noPair });
  }
  const joint = imageEncoding(model, tf.concat([batch.patches, perturbed]) as tf.Tensor3D);
  const [clean, adversarial] = halves(joint, batch.labels.length);
  const views = { clean: view(clean), adversarial: view(adversarial) };
  return method.terms({ ...shared, ...views, pair: () => joint });
}

function noPair(): never {
  throw new Error('this method asked for one view only');
}

/** Clean images and hand prompts in CLIP without learned prompts. */
function frozenView({ clip, frozenText }: PromptedClip, { patches }: Batch) {
  if (!frozenText) throw new Error('this method asked for no frozen model');
  return { encoding: encodeImage(clip, patches, null), textFeatures: frozenText };
}

function gradientsOf(
  parameters: Map<string, tf.Variable>,
  loss: () => tf.Scalar,
): { value: number; gradients: Gradients } {
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  const number = value.dataSync()[0] as number;
  value.dispose();
  const gradients: Gradients = new Map();
  for (const [name, parameter] of parameters) {
    // A term that does not reach a parameter leaves no entry: its gradient is 0.
    gradients.set(name, grads[parameter.name] ?? tf.zerosLike(parameter));
  }
  return { value: number, gradients };
}

/**
 * Exact gradients with a bounded tape: features of all classes without a tape, the gradient of the
 * loss by them, then back through the text tower chunk by chunk, each computed once more.
 */
function throughChunks(
  model: PromptedClip,
  labels: number[],
  measure: (source: TextSource) => tf.Scalar,
): { value: number; gradients: Gradients } {
  const { clip, layout, learner } = model;
  const all = allTextFeatures(model);
  const features = tf.variable(all);
  all.dispose();
  const withFeatures = new Map([...learner.parameters, [FEATURES, features]]);
  const { value, gradients } = gradientsOf(withFeatures, () =>
    measure(givenText(model, labels, features as unknown as tf.Tensor2D)),
  );
  const cotangent = gradients.get(FEATURES) as tf.Tensor2D;
  gradients.delete(FEATURES);
  for (const chunk of classChunks(layout, clip.shape)) {
    const part = gradientsOf(learner.parameters, () => {
      const { text, placed } = learner.prompts();
      const own = encodeText(clip, chosenLayout(layout, chunk), text, placed).features;
      const rows = tf.gather(cotangent, tf.tensor1d(chunk, 'int32'));
      return tf.sum(tf.mul(own, rows)) as tf.Scalar;
    });
    for (const [name, gradient] of part.gradients) {
      const before = gradients.get(name) as tf.Tensor;
      gradients.set(name, tf.add(before, gradient));
      tf.dispose([before, gradient]);
    }
  }
  tf.dispose([features, cotangent]);
  return { value, gradients };
}

/** The features' own name among the parameters; no parameter is called so. */
const FEATURES = ' text features';
