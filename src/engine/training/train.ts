import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Example, TrainEvent, TrainJob } from '../../shared/engine-contract.ts';
import { FaptError } from '../../shared/errors.ts';
import { METHODS } from '../../shared/method-catalogue.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { fileExists } from '../clip/tensor-file.ts';
import { ImageLoader, READ_AHEAD, type Wanted } from '../images/image-loader.ts';
import { methodOf } from '../methods/registry.ts';
import { previewText } from '../prompts/class-texts.ts';
import { permutation, stream, uniform } from '../random.ts';
import type { Batch } from './attack-batch.ts';
import {
  CHECKPOINT_NAME,
  readCheckpoint,
  restoreMomentum,
  restoreParameters,
  writeCheckpoint,
} from './checkpoint.ts';
import { learningRateOf } from './schedule.ts';
import { Sgd } from './sgd.ts';
import { gradientNorm, lossAndGradients, termGradients } from './train-step.ts';
import { closeTuned, requireKnownLabels, startClip, type TunedClip } from './tuned-clip.ts';

/** A crash loses at most this much; a checkpoint also follows every epoch. */
const CHECKPOINT_EVERY_MS = 60_000;

/**
 * Tunes the prompts of one run: config -> model -> steps -> checkpoint, one event a step.
 *
 * @param signal raised to stop at the next step boundary; the checkpoint is then current
 * @throws FaptError for what a person can mend (weights, text, images, a loss that is not finite)
 */
export async function* train(job: TrainJob, signal: AbortSignal): AsyncGenerator<TrainEvent> {
  const { config } = job;
  if (!METHODS[config.method].tuned) {
    throw new FaptError(
      'nothing-to-train',
      `${METHODS[config.method].title} has nothing to train: evaluate it as it is.`,
    );
  }
  requireKnownLabels(job.examples, job.task);
  const tuned = await startClip(job.model.path, config, job.task);
  const sgd = new Sgd(tuned.learner.parameters, config.optimizer);
  const { imageSize, patchSize } = tuned.clip.shape;
  const loader = new ImageLoader(imageSize, patchSize, 'squash');
  try {
    yield* trainSteps(job, tuned, sgd, loader, signal);
  } finally {
    loader.close();
    sgd.dispose();
    closeTuned(tuned);
  }
}

async function* trainSteps(
  job: TrainJob,
  tuned: TunedClip,
  sgd: Sgd,
  loader: ImageLoader,
  signal: AbortSignal,
): AsyncGenerator<TrainEvent> {
  const { config, examples } = job;
  const path = join(job.runFolder, CHECKPOINT_NAME);
  const plan = planEpochs(examples.length, config);
  const batchAt = batchPlan(examples, config, plan);
  const method = methodOf(config.method);
  let step = 0;
  // A run that died before its first checkpoint starts over.
  if (job.resume && (await fileExists(path))) {
    const checkpoint = await readCheckpoint(path);
    restoreParameters(tuned.learner.parameters, checkpoint);
    restoreMomentum(sgd.buffers, checkpoint);
    step = checkpoint.step;
  }
  yield {
    type: 'plan',
    ...plan,
    depth: tuned.depth,
    parameterCount: tuned.learner.parameterCount,
    promptPreview: previewText(
      tuned.texts.rows[0] ?? [],
      tuned.model.tokenizer,
      tuned.contextLength,
    ),
    startStep: step,
  };
  const save = () => writeCheckpoint(path, step, tuned.learner.parameters, sgd.buffers);
  let savedAt = performance.now();
  while (step < plan.totalSteps) {
    const began = performance.now();
    const { epoch, ...current } = batchAt(step);
    const batch = await makeBatch(current, loader, config, epoch);
    const ahead = Array.from({ length: READ_AHEAD }, (_, i) => step + 1 + i);
    loader.readAhead(ahead.filter((at) => at < plan.totalSteps).map((at) => batchAt(at).images));
    const { loss, terms, gradients } = lossAndGradients(tuned, method, batch, config);
    const norm = gradientNorm(gradients);
    const learningRate = learningRateOf(epoch, config);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      tf.dispose([batch.patches, batch.start, ...gradients.values()]);
      throw await notFinite(epoch, step + 1, path);
    }
    const lastOfEpoch = (step + 1) % plan.stepsPerEpoch === 0;
    const shares = lastOfEpoch ? gradientShares(tuned, batch, config) : null;
    sgd.step(gradients, learningRate);
    step += 1;
    tf.dispose([batch.patches, batch.start, ...gradients.values()]);
    const seconds = (performance.now() - began) / 1000;
    yield { type: 'step', epoch, step, learningRate, loss, terms, gradientNorm: norm, seconds };
    if (shares) yield { type: 'epoch', epoch, step, gradientShares: shares };
    const due = lastOfEpoch || signal.aborted || performance.now() - savedAt > CHECKPOINT_EVERY_MS;
    if (due) {
      // An update can overflow although its gradients did not: what was saved before stays.
      if (!allFinite(tuned.learner.parameters)) throw await notFinite(epoch, step, path);
      await save();
      savedAt = performance.now();
      yield { type: 'checkpoint', path, epoch, step };
    }
    if (signal.aborted && step < plan.totalSteps) {
      yield { type: 'end', status: 'stopped', step };
      return;
    }
    // Gives a stop that was asked for meanwhile a chance to be heard.
    await setImmediate();
  }
  yield { type: 'end', status: 'finished', step };
}

async function notFinite(epoch: number, step: number, path: string): Promise<FaptError> {
  const kept = (await fileExists(path))
    ? 'the state saved before it is kept'
    : 'nothing had been saved yet';
  return new FaptError(
    'loss-not-finite',
    `The loss is not finite at epoch ${epoch}, step ${step}: ${kept}; lower optimizer.learningRate and start again.`,
  );
}

function allFinite(parameters: Map<string, tf.Variable>): boolean {
  return [...parameters.values()].every((p) =>
    (p.dataSync() as Float32Array).every(Number.isFinite),
  );
}

/** Drop-last leaves out the incomplete batch, unless there is no other (methods 1.3, A22). */
export function planEpochs(count: number, { batchSize, dropLast, epochs }: RunConfig) {
  if (count === 0) {
    throw new FaptError(
      'nothing-to-train-on',
      'There are no training images: check the dataset and the number of shots.',
    );
  }
  const whole = Math.floor(count / batchSize);
  const stepsPerEpoch = dropLast && whole > 0 ? whole : Math.ceil(count / batchSize);
  return {
    stepsPerEpoch,
    totalSteps: stepsPerEpoch * epochs,
    skippedPerEpoch: Math.max(0, count - stepsPerEpoch * batchSize),
  };
}

type PlannedBatch = { examples: Example[]; images: Wanted[] };

/** The batch of each step, 0 the first: the epoch's own shuffled order, cut into batches. */
function batchPlan(
  examples: Example[],
  { seed, batchSize, transform }: RunConfig,
  { stepsPerEpoch }: { stepsPerEpoch: number },
): (step: number) => PlannedBatch & { epoch: number } {
  const orders = new Map<number, number[]>();
  const orderOf = (epoch: number) => {
    const order = orders.get(epoch) ?? permutation(stream(seed, 'order', epoch), examples.length);
    orders.set(epoch, order);
    orders.delete(epoch - READ_AHEAD - 1);
    return order;
  };
  return (step) => {
    const epoch = Math.floor(step / stepsPerEpoch) + 1;
    const begin = (step % stepsPerEpoch) * batchSize;
    const chosen = orderOf(epoch)
      .slice(begin, begin + batchSize)
      .map((index) => examples[index] as Example);
    const images = chosen.map(({ id, path }) =>
      transform === 'squash' ? { path } : { path, draws: [seed, 'crop', epoch, id] },
    );
    return { epoch, examples: chosen, images };
  };
}

async function makeBatch(
  { examples, images }: PlannedBatch,
  loader: ImageLoader,
  { attack, seed }: RunConfig,
  epoch: number,
): Promise<Batch> {
  const patches = await loader.patches(images);
  const perImage = patches.size / examples.length;
  const start = new Float32Array(patches.size);
  for (const [row, { id }] of examples.entries()) {
    const random = stream(seed, 'training-attack', epoch, id);
    start.set(uniform(random, perImage, -attack.epsilon, attack.epsilon), row * perImage);
  }
  return {
    patches,
    labels: examples.map((example) => example.label),
    start: loader.toPatches(start, examples.length),
  };
}

/** Norm of each weighted term's gradient over the sum of those norms (methods A12). */
function gradientShares(tuned: TunedClip, batch: Batch, config: RunConfig): Record<string, number> {
  const norms: Record<string, number> = {};
  for (const [name, { weight, gradients }] of termGradients(
    tuned,
    methodOf(config.method),
    batch,
    config,
  )) {
    norms[name] = weight * gradientNorm(gradients);
    tf.dispose([...gradients.values()]);
  }
  const total = Object.values(norms).reduce((a, b) => a + b, 0);
  return Object.fromEntries(
    Object.entries(norms).map(([name, norm]) => [name, total > 0 ? norm / total : 0]),
  );
}
