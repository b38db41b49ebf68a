import * as tf from '@tensorflow/tfjs-core';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { PromptReport, PromptsJob, PromptVector } from '../../shared/prompt-report.ts';
import { driftOf } from '../prompts/drift.ts';
import type { PromptLearner } from '../prompts/learner.ts';
import { nearestWords } from '../prompts/nearest-words.ts';
import { readCheckpoint, restoreParameters } from './checkpoint.ts';
import { closeTuned, startClip, type TunedClip } from './tuned-clip.ts';

type Prompt = {
  tower: PromptVector['tower'];
  block: number;
  shape: number[];
  values: Float32Array;
};
type Snapshot = { prompts: Prompt[]; tensors: Map<string, Float32Array>; contexts: number };

/**
 * What the prompts of a tuned model have become: how far each vector that a tower receives is from where
 * it started, which words a text's vectors are near to, and how far coupling matrices and a border moved.
 * The start is that of the run's own seed.
 *
 * @throws FaptError `nothing-learned`, `context-unknown`, and those of the checkpoint
 */
export async function inspectPrompts(job: PromptsJob): Promise<PromptReport> {
  const { config, model, task, checkpoint } = job.tuned;
  if (!checkpoint) {
    throw new FaptError(
      'nothing-learned',
      `${METHODS[config.method].title} learns no prompt, so there is nothing to look into: choose a run of a tuned method.`,
    );
  }
  const tuned = await startClip(model.path, config, task);
  try {
    const start = snapshot(tuned.learner, job.context);
    restoreParameters(tuned.learner.parameters, await readCheckpoint(checkpoint));
    const now = snapshot(tuned.learner, job.context);
    const vectors = vectorsOf(tuned, start, now, job.nearest);
    const isWordy = vectors.some(({ tower }) => tower === 'text');
    return {
      method: config.method,
      depth: tuned.depth,
      contexts: now.contexts,
      context: job.context,
      vocabulary: isWordy ? tuned.clip.text.tokenEmbedding.shape[0] : null,
      vectors,
      tensors: tensorsOf(tuned.learner, start, now),
    };
  } finally {
    closeTuned(tuned);
  }
}

/** The prompts as the towers get them, of one context where there are several, and all other values. */
function snapshot(learner: PromptLearner, context: number): Snapshot {
  const found: Prompt[] = [];
  let contexts = 1;
  tf.tidy(() => {
    const { image, text, placed } = learner.prompts();
    if (placed) contexts = placed.shape[0];
    if (context >= contexts) throw unknownContext(context, contexts);
    const own = placed ? [tf.squeeze(tf.slice(placed, [context, 0, 0], [1, -1, -1]), [0])] : [];
    for (const [tower, prompts] of [
      ['text', text ?? own],
      ['image', image ?? []],
    ] as const) {
      for (const [block, prompt] of prompts.entries()) {
        const values = prompt.dataSync().slice() as Float32Array;
        found.push({ tower, block, shape: prompt.shape, values });
      }
    }
  });
  const tensors = new Map<string, Float32Array>();
  for (const [name, parameter] of learner.parameters) {
    if (!isVector(name)) tensors.set(name, parameter.dataSync().slice() as Float32Array);
  }
  return { prompts: found, tensors, contexts };
}

/** `text.0`, `visual.3`: what a tower receives as it is; the others are matrices, biases and borders. */
function isVector(name: string): boolean {
  return /^(text|visual)\.\d+$/.test(name);
}

function vectorsOf(
  { clip, model, learner }: TunedClip,
  start: Snapshot,
  now: Snapshot,
  nearest: number,
): PromptVector[] {
  return now.prompts.flatMap(({ tower, block, shape, values }, index) => {
    const [length, width] = shape as [number, number];
    const name = `${tower === 'text' ? 'text' : 'visual'}.${block}`;
    const words = tower === 'text' ? wordsOf(values, [length, width]) : null;
    return Array.from({ length }, (_, token) => {
      const row = (all: Float32Array) => all.subarray(token * width, (token + 1) * width);
      return {
        tower,
        block,
        token,
        projected: !learner.parameters.has(name),
        ...driftOf(row(values), row(start.prompts[index]?.values as Float32Array)),
        nearest: words?.[token] ?? null,
      };
    });
  });

  function wordsOf(values: Float32Array, shape: [number, number]) {
    const vectors = tf.tensor2d(values, shape);
    try {
      return nearestWords(clip.text.tokenEmbedding, vectors, model.tokenizer, nearest);
    } finally {
      vectors.dispose();
    }
  }
}

function tensorsOf(learner: PromptLearner, start: Snapshot, now: Snapshot) {
  return [...now.tensors].map(([name, values]) => ({
    name,
    shape: learner.parameters.get(name)?.shape ?? [],
    ...driftOf(values, start.tensors.get(name) as Float32Array),
  }));
}

function unknownContext(context: number, contexts: number): FaptError {
  return new FaptError(
    'context-unknown',
    contexts === 1
      ? 'This run learned one context for all classes, so no class has one of its own: leave out the class.'
      : `There is no context ${context}: choose a class from 0 to ${contexts - 1}.`,
  );
}
