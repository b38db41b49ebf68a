import * as tf from '@tensorflow/tfjs-core';

/** What a forward pass takes of a learner. */
export type PromptLists = {
  /** Learned tokens [P, D] a block of the image tower, from block 0 on; null for none. */
  image: tf.Tensor2D[] | null;
  /** The same for the text tower. */
  text: tf.Tensor2D[] | null;
  /** Contexts of their own for each class, or at other places than the head [C or 1, P, D]; absent for none. */
  placed?: tf.Tensor3D;
  /** Learned border, in normalised units [1, 3, S, S]; absent for none. */
  frame?: tf.Tensor4D;
};

/** Values of the learnable tensors at the start, by name. */
export type InitialValues = Record<string, { shape: number[]; values: Float32Array }>;

export type GetParameter = (name: string) => tf.Tensor;

/**
 * Learnable tensors by name and how they become the towers' prompts. Owns its variables: call
 * `dispose` when done.
 */
export class PromptLearner {
  readonly parameters = new Map<string, tf.Variable>();
  readonly #build: (get: GetParameter) => PromptLists;

  constructor(initial: InitialValues, build: (get: GetParameter) => PromptLists) {
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

/** x [P, in] through the projection of block `index`, weight [out, in]: [P, out]. */
export function project(get: GetParameter, index: number, x: tf.Tensor): tf.Tensor2D {
  const weight = get(`project.${index}.weight`) as tf.Tensor2D;
  return tf.add(
    tf.matMul(x as tf.Tensor2D, weight, false, true),
    get(`project.${index}.bias`),
  ) as tf.Tensor2D;
}
