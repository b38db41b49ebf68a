import * as tf from '@tensorflow/tfjs-core';
import type { Example, Task, TunedModel } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { closeModel, type OpenModel, openModel } from '../clip/open-model.ts';
import { textFeatures } from '../clip/text-chunks.ts';
import { layOutText } from '../clip/text-layout.ts';
import { methodOf } from '../methods/registry.ts';
import { type ClassTexts, handTexts, learnedTexts } from '../prompts/class-texts.ts';
import { LEARNERS, type LearnerName, learnsText, makeLearner } from '../prompts/learners.ts';
import { normal, stream } from '../random.ts';
import { readCheckpoint, restoreParameters } from './checkpoint.ts';
import { allTextFeatures, type PromptedClip } from './prompted-clip.ts';

export type TunedClip = PromptedClip & {
  model: OpenModel;
  texts: ClassTexts;
  /** Learned tokens at the head of each text; 0 for hand prompts. */
  contextLength: number;
  /** Blocks that receive a prompt, after the model's own limit (A21). */
  depth: number;
};

/** The model of a config with its prompts at their start; `closeTuned` frees it. */
export async function startClip(path: string, config: RunConfig, task: Task): Promise<TunedClip> {
  const model = await openModel({ path });
  try {
    return prepare(model, config, task);
  } catch (error) {
    closeModel(model);
    throw error;
  }
}

function prepare(model: OpenModel, config: RunConfig, task: Task): TunedClip {
  const { weights } = model;
  const { shape } = weights;
  const { prompts, seed } = config;
  const method = methodOf(config.method);
  const kind = learnerOf(method.prompts, prompts.coupling);
  const words = learnsText(kind);
  const { texts, layout, contextLength } = textsOf(model, config, task);
  const depth = kind === 'none' ? 0 : Math.min(prompts.depth, shape.imageBlocks, shape.textBlocks);
  const contexts = prompts.classSpecific ? task.classNames.length : 1;
  const initial = LEARNERS[kind].initial({
    words: words ? startWords(model, texts, config, contexts) : new Float32Array(0),
    contexts,
    contextLength: prompts.contextLength,
    depth,
    border: borderOf(prompts.border, shape.imageSize),
    shape,
    seed,
  });
  const learner = makeLearner(kind, initial, depth, texts.places !== null);
  const tuned = { clip: weights, layout, learner, model, texts, contextLength, depth };
  return {
    ...tuned,
    fixedText: words ? null : allTextFeatures(tuned),
    constantText: config.attack.prompts === 'constant' ? constantFeatures(model, task) : null,
    frozenText: method.needsFrozen ? frozenFeatures(model, task) : null,
  };
}

/** The texts of a task as a config has them, laid out for the text tower. */
function textsOf({ weights, tokenizer }: OpenModel, { method, prompts }: RunConfig, task: Task) {
  const { contextLength: length } = weights.shape;
  const words = learnsText(methodOf(method).prompts);
  const texts = words
    ? learnedTexts(task, prompts, tokenizer, length)
    : handTexts(task, prompts.template, tokenizer, length);
  const contextLength = words ? prompts.contextLength : 0;
  const layout = layOutText(texts.rows, tokenizer.endId, contextLength, texts.places);
  return { texts, layout, contextLength };
}

/**
 * The texts of other classes under a model's own prompts.
 *
 * @throws FaptError `classes-fixed` where each class learned a context of its own; texts that are too long
 */
export function textsFor({ model }: TunedClip, config: RunConfig, task: Task) {
  const { texts, layout } = textsOf(model, config, task);
  if (!config.prompts.classSpecific || !learnsText(methodOf(config.method).prompts)) {
    return { texts, layout };
  }
  throw new FaptError(
    'classes-fixed',
    'This run learned a context for each class of its own, so it has none for other words: choose one of its classes.',
  );
}

/** The coupled learner can run the other way round, which is MaPLe's own (A3). */
function learnerOf(prompts: LearnerName, coupling: RunConfig['prompts']['coupling']): LearnerName {
  return prompts === 'coupled' && coupling === 'text-to-image' ? 'maple' : prompts;
}

/** Frees what `startClip` made; the weights stay open for the next job. */
export function closeTuned(tuned: TunedClip): void {
  const { model, learner, fixedText, constantText, frozenText } = tuned;
  closeModel(model);
  learner.dispose();
  for (const features of [fixedText, constantText, frozenText]) features?.dispose();
}

/** A border of 30 pixels belongs to images of 224 (methods 3.4): the same share of other sizes. */
function borderOf(border: number, imageSize: number): number {
  return Math.max(1, Math.round((border * imageSize) / 224));
}

/** APT's constant attack prompt (methods 3.3): "a photo of a {}" without a full stop, underscores kept. */
function constantFeatures({ weights, tokenizer }: OpenModel, { classNames }: Task): tf.Tensor2D {
  const rows = classNames.map((name) => tokenizer.encode(`a photo of a ${name}`));
  return textFeatures(weights, layOutText(rows, tokenizer.endId, 0), null);
}

/** Features of the dataset's hand prompts in CLIP as it is. */
function frozenFeatures({ weights, tokenizer }: OpenModel, task: Task): tf.Tensor2D {
  const { rows } = handTexts(task, 'as-published', tokenizer, weights.shape.contextLength);
  return textFeatures(weights, layOutText(rows, tokenizer.endId, 0), null);
}

/**
 * Embeddings of the context's first words, or N(0, 0.02^2) where the context is too long for words; once
 * a context.
 */
function startWords(
  { weights }: OpenModel,
  { initialWords }: ClassTexts,
  config: RunConfig,
  contexts: number,
): Float32Array {
  const { textWidth } = weights.shape;
  const count = config.prompts.contextLength * textWidth;
  if (!initialWords) return normal(stream(config.seed, 'init', 'text.0'), contexts * count, 0.02);
  const words = tf.tidy(() =>
    tf.gather(weights.text.tokenEmbedding, tf.tensor1d(initialWords, 'int32')),
  );
  const values = words.dataSync() as Float32Array;
  words.dispose();
  const repeated = new Float32Array(contexts * count);
  for (let context = 0; context < contexts; context += 1) repeated.set(values, context * count);
  return repeated;
}

/** A tuned model as its checkpoint left it (zero-shot: as it is). */
export async function openTuned({
  config,
  model,
  task,
  checkpoint,
}: TunedModel): Promise<TunedClip> {
  const tuned = await startClip(model.path, config, task);
  try {
    if (checkpoint) restoreParameters(tuned.learner.parameters, await readCheckpoint(checkpoint));
    return tuned;
  } catch (error) {
    closeTuned(tuned);
    throw error;
  }
}

/**
 * A label beyond the classes would count as no class at all, without anyone noticing.
 *
 * @throws FaptError `class-unknown`
 */
export function requireKnownLabels(examples: Example[], { classNames }: Task): void {
  const foreign = examples.find(({ label }) => label >= classNames.length);
  if (!foreign) return;
  throw new FaptError(
    'class-unknown',
    `The image ${foreign.id} has the label ${foreign.label}, and there are only the classes 0 to ${classNames.length - 1}: choose the dataset and the classes that belong together.`,
  );
}
