import * as tf from '@tensorflow/tfjs-core';
import type { MethodErrors } from '../../shared/engine-contract.ts';
import { defaultConfig } from '../../shared/method-catalogue.ts';
import type { MethodName } from '../../shared/run-config.ts';
import { pgd } from '../attacks/pgd.ts';
import { chooseTexts, imageMap, type MapOptions, textMap } from '../attribution/maps.ts';
import { fromPatches, toPatches } from '../clip/image-tower.ts';
import { logitsOf } from '../clip/similarity.ts';
import type { TextLayout } from '../clip/text-layout.ts';
import type { ClipWeights } from '../clip/weights.ts';
import { adversarialTerm } from '../methods/cross-entropy.ts';
import { crossEntropy } from '../methods/losses.ts';
import type { Method } from '../methods/method.ts';
import { methodOf } from '../methods/registry.ts';
import { oneHotRows } from '../one-hot.ts';
import type { InitialValues, PromptLearner } from '../prompts/learner.ts';
import { LEARNERS, learnsText, makeLearner } from '../prompts/learners.ts';
import { attackBatch, type Batch } from '../training/attack-batch.ts';
import {
  imageEncoding,
  imageLogits,
  type PromptedClip,
  textEncoding,
} from '../training/prompted-clip.ts';
import { Sgd } from '../training/sgd.ts';
import {
  type Gradients,
  lossAndGradients,
  type StepSettings,
  termGradients,
} from '../training/train-step.ts';
import { type Comparison, relativeError } from './errors.ts';
import { type Golden, goldenTensor, goldenValues } from './golden-case.ts';

/** Lets a test break one piece of a method and see the check fail. */
export type Sabotage = {
  method?: (method: Method) => Method;
  weightDecay?: number;
  attribution?: (map: tf.Tensor2D, of: 'image' | 'text') => tf.Tensor2D;
};

type Case = {
  name: string;
  golden: Golden;
  comparison: Comparison;
  model: PromptedClip;
  method: Method;
  batch: Batch;
  settings: StepSettings;
  sabotage: Sabotage;
};

const PLAIN_MAPS: MapOptions = { scoreScale: 1, detachWeights: false };

/**
 * Everything that one method's golden case records: features, logits, perturbations, maps, loss,
 * terms, gradients and the change after three updates.
 */
export function checkMethod(
  name: string,
  methodName: MethodName,
  golden: Golden,
  comparison: Comparison,
  clip: ClipWeights,
  layouts: { prompted: TextLayout; plain: TextLayout },
  sabotage: Sabotage,
): MethodErrors {
  const whole = withRecordedTerms(methodOf(methodName), golden.settings.methods[name]?.terms ?? {});
  const method = sabotage.method?.(whole) ?? whole;
  const learner = learnerOf(name, method, golden);
  const layout = learnsText(method.prompts) ? layouts.prompted : layouts.plain;
  const patches = (key: string) =>
    tf.tidy(() => toPatches(goldenTensor(golden, key) as tf.Tensor4D, clip.shape.patchSize));
  const batch: Batch = {
    patches: patches('input/x'),
    labels: [...goldenValues(golden, 'input/y').values],
    start: patches('input/delta0'),
  };
  const subject: Case = {
    name,
    golden,
    comparison,
    model: { clip, layout, learner },
    method,
    batch,
    settings: stepSettings(name, methodName, golden),
    sabotage,
  };
  const result: MethodErrors = {
    ...(tf.tidy(() => forwardErrors(subject) as never) as ReturnType<typeof forwardErrors>),
    ...(method.prompts === 'none' ? noTraining() : trainingErrors(subject)),
  };
  tf.dispose([batch.patches, batch.start]);
  learner.dispose();
  return result;
}

/**
 * The golden file records the adversarial cross-entropy of clean methods too: it joins as a term of
 * weight 0, so that its value and gradient are compared and the loss stays the method's.
 */
function withRecordedTerms(method: Method, recorded: Record<string, number>): Method {
  if (method.views !== 'clean' || recorded.adv === undefined) return method;
  return {
    ...method,
    views: 'both',
    terms: (context) => [...method.terms(context), { ...adversarialTerm(context), weight: 0 }],
  };
}

const noTraining = () => ({
  terms: {},
  gradients: {},
  termGradients: {},
  changeAfterThreeSteps: {},
});

function stepSettings(name: string, method: MethodName, { settings }: Golden): StepSettings {
  const defaults = defaultConfig({ method, dataset: '-', model: '-', shots: 1, seed: 1 });
  return {
    attack: {
      ...defaults.attack,
      loss: settings.methods[name]?.attack ?? 'ce',
      epsilon: settings.eps,
      stepSize: settings.alpha,
      steps: settings.steps,
    },
    loss: { ...defaults.loss, ...settings.loss_weights[name], lambda: settings.fap_lambda },
  };
}

function learnerOf(name: string, method: Method, golden: Golden): PromptLearner {
  const initial: InitialValues = {};
  const prefix = `${name}/init/`;
  for (const [key, value] of golden.tensors) {
    if (key.startsWith(prefix)) initial[key.slice(prefix.length)] = value;
  }
  const { depth } = golden.settings;
  // Asks for every start value once, so that a missing one is named.
  tf.tidy(() => {
    LEARNERS[method.prompts].lists((key) => goldenTensor(golden, prefix + key), depth, false);
  });
  return makeLearner(method.prompts, initial, depth);
}

function data(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}

function forwardErrors({ name, golden, comparison, model, batch, settings, sabotage }: Case) {
  const compare = (key: string, t: tf.Tensor) =>
    comparison.error(`${name}/${key}`, t.shape, data(t));
  const { clip } = model;
  const text = textEncoding(model);
  const clean = imageEncoding(model, batch.patches);
  const logits = (f: tf.Tensor2D) => logitsOf(f, text.features, clip.logitScale);

  const attacked = attackBatch(model, batch, settings.attack, text.features);
  const delta = fromPatches(tf.sub(attacked, batch.patches), clip.shape.patchSize);
  const recorded = goldenTensor(golden, `${name}/delta`) as tf.Tensor4D;
  const atRecorded = tf.add(
    batch.patches,
    toPatches(recorded, clip.shape.patchSize),
  ) as tf.Tensor3D;
  const adversarial = imageEncoding(model, atRecorded);

  const texts = chooseTexts(text, model.layout, batch.labels);
  const maps = (of: 'image' | 'text', key: string, mapOf: typeof imageMap) =>
    Math.max(
      ...(
        [
          ['clean', clean],
          ['adv', adversarial],
        ] as const
      ).map(([which, encoding]) => {
        const exact = mapOf(clip, encoding, texts, PLAIN_MAPS);
        const map = sabotage.attribution?.(exact, of) ?? exact;
        return compare(`${key}_${which}`, of === 'text' ? asGoldenText(map, clip) : map);
      }),
    );
  return {
    imageFeatures: compare('image_features', clean.features),
    textFeatures: compare('text_features', text.features),
    logitsClean: compare('logits_clean', logits(clean.features)),
    logitsAdversarial: compare('logits_adv', logits(adversarial.features)),
    perturbationMismatch: comparison.mismatch(`${name}/delta`, delta.shape, data(delta)),
    attributionImage: maps('image', 'A_v', imageMap),
    attributionText: maps('text', 'A_t', textMap),
    ...twentySteps(name, golden, comparison, model, batch, text.features),
  };
}

/** The golden file pads maps with zeros to the context length, position 0 included. */
function asGoldenText(map: tf.Tensor2D, { shape }: ClipWeights): tf.Tensor2D {
  return tf.pad(map, [
    [0, 0],
    [1, shape.contextLength - 1 - map.shape[1]],
  ]);
}

function twentySteps(
  name: string,
  golden: Golden,
  comparison: Comparison,
  model: PromptedClip,
  { patches, start, labels }: Batch,
  textFeatures: tf.Tensor2D,
) {
  const { eps, alpha } = golden.settings;
  const { patchSize } = model.clip.shape;
  const oneHot = oneHotRows(labels, model.layout.ends.length);
  const logitsAt = (p: tf.Tensor) => imageLogits(model, p as tf.Tensor3D, textFeatures);
  const own = pgd(patches, start, { epsilon: eps, stepSize: alpha / 4, steps: 20 }, (p) =>
    tf.sum(crossEntropy(logitsAt(p), oneHot)),
  ) as tf.Tensor3D;
  const ownPixels = fromPatches(own, patchSize);
  comparison.mismatch(`${name}/delta20`, ownPixels.shape, data(ownPixels));
  const recorded = toPatches(goldenTensor(golden, `${name}/delta20`) as tf.Tensor4D, patchSize);
  const atRecorded = logitsAt(tf.add(patches, recorded));
  const expected = goldenValues(golden, `${name}/logits_pgd20`).values;
  return {
    logitsPgd20: comparison.error(`${name}/logits_pgd20`, atRecorded.shape, data(atRecorded)),
    logitsOwnPgd20: relativeError(data(logitsAt(tf.add(patches, own))), expected),
  };
}

function trainingErrors(subject: Case) {
  const { name, golden, comparison, model, method, batch, settings } = subject;
  const recorded = golden.settings.methods[name];
  const gradientErrors = (key: string, gradients: Gradients) => {
    const entries = [...gradients].map(([parameter, gradient]) => [
      parameter,
      comparison.error(`${name}/${key}/${parameter}`, gradient.shape, data(gradient)),
    ]);
    tf.dispose([...gradients.values()]);
    return Object.fromEntries(entries) as Record<string, number>;
  };
  const byTerm: Record<string, Record<string, number>> = {};
  for (const [term, { gradients }] of termGradients(model, method, batch, settings)) {
    byTerm[term] = gradientErrors(`grad_${term}`, gradients);
  }
  const first = lossAndGradients(model, method, batch, settings);
  const terms = { ...first.terms };
  if (recorded?.terms?.taa_magnitude !== undefined) {
    const magnitude: StepSettings = {
      ...settings,
      loss: { ...settings.loss, tokenNormalization: 'magnitude' },
    };
    const other = termGradients(model, method, batch, magnitude);
    for (const [term, { gradients }] of other) {
      if (term === 'taa') byTerm.taa_magnitude = gradientErrors('grad_taa_magnitude', gradients);
      else tf.dispose([...gradients.values()]);
    }
    const again = lossAndGradients(model, method, batch, magnitude);
    tf.dispose([...again.gradients.values()]);
    if (again.terms.taa !== undefined) terms.taa_magnitude = again.terms.taa;
  }
  return {
    loss: relativeError([first.loss], recorded?.loss === undefined ? undefined : [recorded.loss]),
    terms: termErrors(terms, recorded?.terms ?? {}),
    gradients: gradientErrors('grad', first.gradients),
    termGradients: byTerm,
    changeAfterThreeSteps: changes(subject),
  };
}

/** Every recorded term must have been computed. */
function termErrors(ours: Record<string, number>, recorded: Record<string, number>) {
  return Object.fromEntries(
    Object.entries(recorded).map(([term, value]) => [
      term,
      relativeError([ours[term] ?? Number.NaN], [value]),
    ]),
  );
}

/** The parameters' change over the recorded learning rates, attack included, from the start values. */
function changes({ name, golden, comparison, model, method, batch, settings, sabotage }: Case) {
  const { lr, momentum, weight_decay, weight_decay_of } = golden.settings;
  const weightDecay = sabotage.weightDecay ?? weight_decay_of[name] ?? weight_decay;
  const { parameters } = model.learner;
  const before = new Map([...parameters].map(([key, p]) => [key, data(p).slice()]));
  const sgd = new Sgd(parameters, { momentum, weightDecay });
  for (const rate of lr) {
    const { gradients } = lossAndGradients(model, method, batch, settings);
    sgd.step(gradients, rate);
    tf.dispose([...gradients.values()]);
  }
  sgd.dispose();
  const errors: Record<string, number> = {};
  for (const [key, parameter] of parameters) {
    const start = before.get(key) as Float32Array;
    const change = data(parameter).map((value, i) => value - (start[i] as number));
    errors[key] = comparison.error(`${name}/change3/${key}`, parameter.shape, change);
  }
  return errors;
}
