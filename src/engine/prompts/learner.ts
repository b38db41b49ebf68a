import * as tf from '@tensorflow/tfjs-core';

/** The learned tokens a block of each tower, [P, D] each, from block 0 on; null where there are none. */
export type PromptLists = { image: tf.Tensor2D[] | null; text: tf.Tensor2D[] | null };

/** Values of the learnable tensors at the start, by name. */
export type InitialValues = Record<string, { shape: number[]; values: Float32Array }>;

/**
 * Learnable tensors by name and how they become the towers' prompts. Owns its variables: call
 * `dispose` when done.
 */
export class PromptLearner {
  readonly parameters = new Map<string, tf.Variable>();
  readonly #build: (get: (name: string) => tf.Tensor) => PromptLists;

  constructor(initial: InitialValues, build: (get: (name: string) => tf.Tensor) => PromptLists) {
    for (const [name, { shape, values }] of Object.entries(initial)) {
      const start = tf.tensor(values, shape);
      this.parameters.set(name, tf.variable(start));
      start.dispose();
    }
    this.#build = build;
  }

  /** Ordinary operations of the variables, so that a loss of the prompts reaches them. */
  prompts(): PromptLists {
    return this.#build((name) => {
      const parameter = this.parameters.get(name);
      if (!parameter) throw new Error(`the learner has no parameter "${name}"`);
      return parameter;
    });
  }

  get parameterCount(): number {
    return [...this.parameters.values()].reduce((sum, p) => sum + p.size, 0);
  }

  dispose(): void {
    for (const parameter of this.parameters.values()) parameter.dispose();
    this.parameters.clear();
  }
}
