import * as tf from '@tensorflow/tfjs-core';
import type { Linear } from '../../src/engine/clip/primitives.ts';
import { randomClip } from '../../src/engine/clip/random-weights.ts';
import {
  openSafetensors,
  type TensorData,
  writeSafetensors,
} from '../../src/engine/clip/safetensors.ts';
import { fileExists } from '../../src/engine/clip/tensor-file.ts';
import type { BlockWeights, ClipWeights } from '../../src/engine/clip/weights.ts';
import type { TrainedWeights } from './contrastive-loss.ts';

const MOMENTUM = [0.9, 0.98] as const;
const EPSILON = 1e-6;
const LARGEST_LOG_SCALE = Math.log(100);

/** The demo's CLIP while it is trained: every weight a variable, with AdamW's two moments. */
export class TrainableClip {
  readonly variables = new Map<string, tf.Variable>();
  readonly weights: TrainedWeights;
  readonly #first = new Map<string, tf.Variable>();
  readonly #second = new Map<string, tf.Variable>();
  #updates = 0;

  constructor(seed: number, vocabularySize: number) {
    const random = randomClip(
      {
        imageSize: 64,
        patchSize: 8,
        imageWidth: 192,
        imageHeads: 3,
        imageBlocks: 6,
        textWidth: 192,
        textHeads: 3,
        textBlocks: 4,
        vocabularySize,
        contextLength: 32,
        embeddingWidth: 192,
      },
      seed,
    );
    this.weights = {
      ...this.#track(random),
      logScale: this.#variable('logit_scale', tf.scalar(Math.log(random.logitScale))),
    };
    for (const [name, variable] of this.variables) {
      this.#first.set(name, tf.variable(tf.zerosLike(variable), false));
      this.#second.set(name, tf.variable(tf.zerosLike(variable), false));
    }
  }

  #variable<T extends tf.Tensor>(name: string, value: T): T {
    const variable = tf.variable(value);
    this.variables.set(name, variable);
    return variable as unknown as T;
  }

  #track(random: ClipWeights): ClipWeights {
    const linear = (name: string, l: Linear): Linear => ({
      weight: this.#variable(`${name}.weight`, l.weight),
      bias: l.bias ? this.#variable(`${name}.bias`, l.bias) : null,
      trainable: true,
    });
    const block = (name: string, b: BlockWeights): BlockWeights => ({
      attentionIn: linear(`${name}.attentionIn`, b.attentionIn),
      attentionOut: linear(`${name}.attentionOut`, b.attentionOut),
      mlpIn: linear(`${name}.mlpIn`, b.mlpIn),
      mlpOut: linear(`${name}.mlpOut`, b.mlpOut),
    });
    const { image, text } = random;
    return {
      ...random,
      image: {
        patch: linear('image.patch', image.patch),
        classEmbedding: this.#variable('image.classEmbedding', image.classEmbedding),
        positions: this.#variable('image.positions', image.positions),
        normScale: this.#variable('image.normScale', image.normScale),
        normShift: this.#variable('image.normShift', image.normShift),
        blocks: image.blocks.map((b, i) => block(`image.blocks.${i}`, b)),
        projection: linear('image.projection', { ...image.projection, bias: null }),
      },
      text: {
        tokenEmbedding: this.#variable('text.tokenEmbedding', text.tokenEmbedding),
        positions: this.#variable('text.positions', text.positions),
        blocks: text.blocks.map((b, i) => block(`text.blocks.${i}`, b)),
        projection: linear('text.projection', { ...text.projection, bias: null }),
      },
    };
  }

  scale(): number {
    return Math.exp(this.weights.logScale.dataSync()[0] as number);
  }

  /** One AdamW update (Loshchilov and Hutter 2019); biases, norms and the scale do not decay. */
  step(loss: (weights: TrainedWeights) => tf.Scalar, rate: number, decay: number): number {
    this.#updates += 1;
    const { value, grads } = tf.variableGrads(
      () => loss(this.weights),
      [...this.variables.values()],
    );
    const correction =
      Math.sqrt(1 - MOMENTUM[1] ** this.#updates) / (1 - MOMENTUM[0] ** this.#updates);
    tf.tidy(() => {
      for (const [name, variable] of this.variables) {
        const gradient = grads[variable.name] as tf.Tensor;
        const first = this.#first.get(name) as tf.Variable;
        const second = this.#second.get(name) as tf.Variable;
        first.assign(tf.add(tf.mul(first, MOMENTUM[0]), tf.mul(gradient, 1 - MOMENTUM[0])));
        second.assign(
          tf.add(tf.mul(second, MOMENTUM[1]), tf.mul(tf.square(gradient), 1 - MOMENTUM[1])),
        );
        const change = tf.mul(tf.div(first, tf.add(tf.sqrt(second), EPSILON)), rate * correction);
        const kept = name.endsWith('weight') ? 1 - rate * decay : 1;
        variable.assign(tf.sub(tf.mul(variable, kept), change));
      }
      const logScale = this.variables.get('logit_scale') as tf.Variable;
      logScale.assign(tf.minimum(logScale, LARGEST_LOG_SCALE));
    });
    const result = value.dataSync()[0] as number;
    tf.dispose([value, grads] as tf.TensorContainer);
    return result;
  }

  async save(path: string, step: number): Promise<void> {
    const tensors: Record<string, TensorData> = {};
    for (const [kind, group] of this.#groups()) {
      for (const [name, v] of group) {
        tensors[`${kind}/${name}`] = { shape: v.shape, data: v.dataSync() as Float32Array };
      }
    }
    await writeSafetensors(path, tensors, { step: String(step) });
  }

  /** Returns the step to go on from, 0 where there is no checkpoint. */
  async restore(path: string): Promise<number> {
    if (!(await fileExists(path))) return 0;
    const file = await openSafetensors(path);
    for (const [kind, group] of this.#groups()) {
      for (const [name, variable] of group) {
        const values = tf.tensor(await file.read(`${kind}/${name}`), variable.shape);
        variable.assign(values);
        values.dispose();
      }
    }
    await file.close();
    this.#updates = Number(file.metadata.step);
    return this.#updates;
  }

  #groups() {
    return [
      ['value', this.variables],
      ['first', this.#first],
      ['second', this.#second],
    ] as const;
  }
}
