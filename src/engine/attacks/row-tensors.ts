import * as tf from '@tensorflow/tfjs-core';

/**
 * The tensors of a run, one row an image still in it [n, M, 3 P P]. Owns them: what is replaced, cut
 * or left is freed.
 */
export class RowTensors<Name extends string> {
  readonly #tensors = new Map<Name, tf.Tensor3D>();

  get(name: Name): tf.Tensor3D {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`the run has no tensor "${name}"`);
    return tensor;
  }

  set(name: Name, tensor: tf.Tensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, tensor as tf.Tensor3D);
  }

  /** Keeps the rows at `places` alone. */
  cut(places: number[]): void {
    for (const name of this.#tensors.keys()) {
      this.set(
        name,
        tf.tidy(() => tf.gather(this.get(name), tf.tensor1d(places, 'int32'))),
      );
    }
  }

  dispose(): void {
    tf.dispose([...this.#tensors.values()]);
    this.#tensors.clear();
  }
}

/** Rows of `a` where `takeA`, else of `b`. */
export function chooseRows(takeA: boolean[], a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const choice = tf.tensor(takeA.map(Number), [takeA.length, 1, 1]);
  return tf.add(tf.mul(a, choice), tf.mul(b, tf.sub(1, choice)));
}
