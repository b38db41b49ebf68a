import * as tf from '@tensorflow/tfjs-core';
import type { Gradients } from './train-step.ts';

export type SgdSettings = { momentum: number; weightDecay: number };

/**
 * SGD as PyTorch has it (momentum without dampening, no Nesterov, decay added to the gradient):
 * b <- momentum b + (g + decay p); p <- p - rate b. Owns one buffer a parameter.
 */
export class Sgd {
  readonly buffers = new Map<string, tf.Variable>();
  readonly #settings: SgdSettings;
  readonly #parameters: Map<string, tf.Variable>;

  constructor(parameters: Map<string, tf.Variable>, settings: SgdSettings) {
    this.#settings = settings;
    this.#parameters = parameters;
    for (const [name, parameter] of parameters) {
      const zeros = tf.zerosLike(parameter);
      this.buffers.set(name, tf.variable(zeros, false));
      zeros.dispose();
    }
  }

  /** Updates every parameter in place. */
  step(gradients: Gradients, learningRate: number): void {
    const { momentum, weightDecay } = this.#settings;
    tf.tidy(() => {
      for (const [name, parameter] of this.#parameters) {
        const buffer = this.buffers.get(name) as tf.Variable;
        const decayed = tf.add(gradients.get(name) as tf.Tensor, tf.mul(parameter, weightDecay));
        buffer.assign(tf.add(tf.mul(buffer, momentum), decayed));
        parameter.assign(tf.sub(parameter, tf.mul(buffer, learningRate)));
      }
    });
  }

  dispose(): void {
    for (const buffer of this.buffers.values()) buffer.dispose();
  }
}
