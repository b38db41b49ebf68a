import * as tf from '@tensorflow/tfjs-core';

/**
 * One differentiable operation with its backward pass written out. `tf.customGrad` with two gaps
 * closed: what the backward pass makes on its way is freed at once (tfjs keeps it until the whole
 * gradient is done), and what is saved is typed.
 *
 * @param forward the value, and the tensors its backward pass needs
 * @param backward cotangents of the inputs, in order, from that of the value
 */
export function customOp(
  inputs: tf.Tensor[],
  forward: () => { value: tf.Tensor; saved: tf.Tensor[] },
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[],
): tf.Tensor {
  return tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as (tensors: tf.Tensor[]) => void;
    const { value, saved } = forward();
    save(saved);
    return {
      value,
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => tf.tidy(() => backward(dy, kept)),
    };
  })(...inputs);
}

/** x as a constant: the same values, no gradient. */
export function detach<T extends tf.Tensor>(x: T): T {
  return customOp(
    [x],
    () => ({ value: tf.clone(x), saved: [] }),
    (dy) => [tf.zerosLike(dy)],
  ) as T;
}
