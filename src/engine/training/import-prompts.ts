import * as tf from '@tensorflow/tfjs-core';
import type { ImportedPrompts, ImportPromptsJob } from '../../shared/engine-rpc.ts';
import { FaptError } from '../../shared/errors.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { methodOf } from '../methods/registry.ts';
import type { InitialValues } from '../prompts/learner.ts';
import { readPublishedPrompts } from '../prompts/published-prompts.ts';
import { restoreParameters, writeCheckpoint } from './checkpoint.ts';
import { closeTuned, startClip } from './tuned-clip.ts';

/**
 * Turns a checkpoint of an official repository into one of ours: the prompts' sizes are read from it, and
 * the prompted model is built with them, so that what does not fit is refused here.
 *
 * @returns the config with those sizes
 * @throws FaptError `prompts-foreign`, `checkpoint-mismatch`, and those of the weights
 */
export async function importPrompts(job: ImportPromptsJob): Promise<ImportedPrompts> {
  const { prompts: learner } = methodOf(job.config.method);
  if (learner === 'none') {
    throw new FaptError(
      'prompts-foreign',
      `The method ${job.config.method} learns no prompts, so there are none to import: choose another method.`,
    );
  }
  const { values, epochs } = await readPublishedPrompts(job.source, learner);
  const config = withSizes(job.config, values, job.imageSize, epochs);
  const tuned = await startClip(job.model.path, config, job.task);
  const { parameters } = tuned.learner;
  const momentum = new Map<string, tf.Variable>();
  try {
    const stored = new Map(Object.entries(values));
    restoreParameters(parameters, {
      path: job.source,
      step: 0,
      parameters: stored,
      momentum: new Map(),
    });
    for (const [name, { shape }] of parameters) {
      momentum.set(
        name,
        tf.tidy(() => tf.variable(tf.zeros(shape))),
      );
    }
    await writeCheckpoint(job.target, 0, parameters, momentum);
    return { config, epochs, parameterCount: tuned.learner.parameterCount };
  } finally {
    for (const buffer of momentum.values()) buffer.dispose();
    closeTuned(tuned);
  }
}

function withSizes(
  config: RunConfig,
  values: InitialValues,
  imageSize: number,
  epochs: number | null,
): RunConfig {
  const first = (values['text.0'] ?? values['visual.0'])?.shape ?? [];
  const indices = Object.keys(values).flatMap(
    (name) => /^(?:text|visual|project)\.(\d+)/.exec(name)?.[1] ?? [],
  );
  const border = values['frame.up']?.shape[2];
  return {
    ...config,
    epochs: epochs ?? config.epochs,
    prompts: {
      ...config.prompts,
      contextLength: first.at(-2) ?? config.prompts.contextLength,
      depth: 1 + Math.max(0, ...indices.map(Number)),
      classSpecific: first.length === 3,
      // The setting counts in pixels of an image of 224.
      border: border ? Math.round((border * 224) / imageSize) : config.prompts.border,
    },
  };
}
