import * as tf from '@tensorflow/tfjs-core';
import type { Example, Task, TunedModel } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { type OpenModel, openModel } from '../clip/open-model.ts';
import { layOutText } from '../clip/text-layout.ts';
import { methodOf } from '../methods/registry.ts';
import { type ClassTexts, handTexts, learnedTexts } from '../prompts/class-texts.ts';
import { coupledLearner, initialCoupled } from '../prompts/coupled.ts';
import { PromptLearner } from '../prompts/learner.ts';
import { normal, stream } from '../random.ts';
import { readCheckpoint, restoreParameters } from './checkpoint.ts';
import type { PromptedClip } from './prompted-clip.ts';

export type TunedClip = PromptedClip & {
  model: OpenModel;
  texts: ClassTexts;
  /** Learned tokens at the head of each text; 0 for hand prompts. */
  contextLength: number;
  /** Blocks that receive a prompt, after the model's own limit (A21). */
  depth: number;
};

/** The model of a config with its prompts at their start; dispose its learner when done. */
export async function startClip(path: string, config: RunConfig, task: Task): Promise<TunedClip> {
  const model = await openModel({ path });
  const { weights, tokenizer } = model;
  const { shape } = weights;
  const learns = methodOf(config.method).prompts !== 'none';
  const texts = learns
    ? learnedTexts(task, config.prompts, tokenizer, shape.contextLength)
    : handTexts(task, tokenizer, shape.contextLength);
  const contextLength = learns ? config.prompts.contextLength : 0;
  const depth = learns ? Math.min(config.prompts.depth, shape.imageBlocks, shape.textBlocks) : 0;
  const layout = layOutText(texts.rows, tokenizer.endId, contextLength);
  const learner = learns
    ? coupledLearner(
        initialCoupled(startWords(model, texts, config), contextLength, depth, shape, config.seed),
        depth,
      )
    : new PromptLearner({}, () => ({ image: null, text: null }));
  return { clip: weights, layout, learner, model, texts, contextLength, depth };
}

/** Embeddings of the context's first words, or N(0, 0.02^2) where the context is too long for words. */
function startWords(
  { weights }: OpenModel,
  { initialWords }: ClassTexts,
  config: RunConfig,
): Float32Array {
  const { textWidth } = weights.shape;
  if (!initialWords) {
    return normal(
      stream(config.seed, 'init', 'text.0'),
      config.prompts.contextLength * textWidth,
      0.02,
    );
  }
  const words = tf.tidy(() =>
    tf.gather(weights.text.tokenEmbedding, tf.tensor1d(initialWords, 'int32')),
  );
  const values = words.dataSync() as Float32Array;
  words.dispose();
  return values;
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
    tuned.learner.dispose();
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
