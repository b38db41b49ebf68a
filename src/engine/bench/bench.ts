import process from 'node:process';
import * as tf from '@tensorflow/tfjs-core';
import type { BenchJob, BenchReport } from '../../shared/engine-contract.ts';
import { defaultConfig } from '../../shared/method-catalogue.ts';
import type { RunConfig } from '../../shared/run-config.ts';
import { pgd } from '../attacks/pgd.ts';
import { closeModel, openModel } from '../clip/open-model.ts';
import { textFeatures } from '../clip/text-chunks.ts';
import { layOutText } from '../clip/text-layout.ts';
import type { ClipWeights } from '../clip/weights.ts';
import { crossEntropy } from '../methods/losses.ts';
import { methodOf } from '../methods/registry.ts';
import { oneHotRows } from '../one-hot.ts';
import { LEARNERS, learnsText, makeLearner } from '../prompts/learners.ts';
import { stream, uniform } from '../random.ts';
import type { Batch } from '../training/attack-batch.ts';
import { allTextFeatures, imageLogits, type PromptedClip } from '../training/prompted-clip.ts';
import { Sgd } from '../training/sgd.ts';
import { lossAndGradients } from '../training/train-step.ts';
import { profileKernels } from './profile.ts';

/** Tokens after the start that all classes share: a template with its learned words. */
const SHARED_TOKENS = 7;

/** Times the method's own step on random images and texts; the first iteration warms up. */
export async function bench(job: BenchJob): Promise<BenchReport> {
  const config = defaultConfig({ method: job.method, dataset: '-', model: '-', shots: 1, seed: 1 });
  const opened = await openModel(job.model);
  const model = benchModel(opened.weights, job, config);
  const batch = randomBatch(model, job);
  const work = job.kind === 'train' ? training(model, batch, job, config) : attack(model, batch);
  const seconds = timed(job.iterations, work.run);
  const profile = job.profile ? { profile: profileKernels(work.run) } : {};
  work.dispose();
  tf.dispose([batch.patches, batch.start]);
  model.learner.dispose();
  model.fixedText?.dispose();
  model.frozenText?.dispose();
  closeModel(opened);
  const { method, classes, iterations } = job;
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  const report = {
    backend: tf.getBackend(),
    method,
    classes,
    batch: job.batch,
    iterations,
    peakRssBytes,
    ...profile,
  };
  const middle = median(seconds);
  return job.kind === 'train'
    ? { ...report, secondsPerIteration: middle }
    : { ...report, secondsPerImageStep: middle / job.batch };
}

/** Start, 7 shared tokens (or the learned words), 4 to 9 of each class's own, end. */
function benchModel(weights: ClipWeights, job: BenchJob, config: RunConfig): PromptedClip {
  const { shape } = weights;
  const endId = shape.vocabularySize - 1;
  const random = stream(1, 'bench', 'texts');
  const word = () => 1 + random.randbelow(shape.vocabularySize - 3);
  const kind = methodOf(job.method).prompts;
  const { prompts } = config;
  const contextLength = learnsText(kind) ? prompts.contextLength : 0;
  const shared = Array.from({ length: Math.max(SHARED_TOKENS, contextLength) }, word);
  const rows = Array.from({ length: job.classes }, (_, k) => [
    endId - 1,
    ...shared,
    ...Array.from({ length: 4 + (k % 6) }, word),
    endId,
  ]);
  const depth = Math.min(prompts.depth, shape.imageBlocks, shape.textBlocks);
  const initial = LEARNERS[kind].initial({
    words: new Float32Array(contextLength * shape.textWidth).fill(0.01),
    contexts: 1,
    contextLength: prompts.contextLength,
    depth,
    border: prompts.border,
    shape,
    seed: 1,
  });
  const learner = makeLearner(kind, initial, depth);
  const model = { clip: weights, layout: layOutText(rows, endId, contextLength), learner };
  return {
    ...model,
    fixedText: learnsText(kind) ? null : allTextFeatures(model),
    frozenText: methodOf(job.method).needsFrozen
      ? textFeatures(weights, layOutText(rows, endId, 0), null)
      : null,
  };
}

function randomBatch({ clip: { shape } }: PromptedClip, { batch, classes }: BenchJob): Batch {
  const count = (shape.imageSize / shape.patchSize) ** 2;
  const dimensions: [number, number, number] = [batch, count, 3 * shape.patchSize ** 2];
  const size = dimensions.reduce((a, b) => a * b);
  const draw = (name: string, low: number, high: number) =>
    tf.tensor3d(uniform(stream(1, 'bench', name), size, low, high), dimensions);
  return {
    patches: draw('pixels', 0, 1),
    start: draw('start', -1 / 255, 1 / 255),
    labels: Array.from({ length: batch }, (_, i) => i % classes),
  };
}

/** What is timed, and how what it needs is freed. */
type Work = { run: () => void; dispose: () => void };

/** One update: attack, forward, backward, optimiser. */
function training(
  model: PromptedClip,
  batch: Batch,
  { method }: BenchJob,
  config: RunConfig,
): Work {
  const sgd = new Sgd(model.learner.parameters, config.optimizer);
  const run = () => {
    const { gradients } = lossAndGradients(model, methodOf(method), batch, config);
    sgd.step(gradients, config.optimizer.learningRate);
    tf.dispose([...gradients.values()]);
  };
  return { run, dispose: () => sgd.dispose() };
}

/** One PGD step of the batch, text features computed before. */
function attack(model: PromptedClip, { patches, start, labels }: Batch): Work {
  const textFeatures = allTextFeatures(model);
  const oneHot = oneHotRows(labels, textFeatures.shape[0]);
  const settings = { epsilon: 1 / 255, stepSize: 1 / 255, steps: 1 };
  const run = () => {
    const delta = pgd(patches, start, settings, (perturbed) =>
      tf.sum(crossEntropy(imageLogits(model, perturbed as tf.Tensor3D, textFeatures), oneHot)),
    );
    delta.dataSync();
    delta.dispose();
  };
  return { run, dispose: () => tf.dispose([textFeatures, oneHot]) };
}

function timed(iterations: number, body: () => void): number[] {
  body();
  return Array.from({ length: iterations }, () => {
    const began = performance.now();
    body();
    return (performance.now() - began) / 1000;
  });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] as number;
  return sorted.length % 2 ? high : (high + (sorted[middle - 1] as number)) / 2;
}
