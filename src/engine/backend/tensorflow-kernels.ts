import * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs's native backend that the kernels here need. */
type NativeBackend = {
  binding: { TF_FLOAT: number; TF_ATTR_TYPE: number; TF_ATTR_BOOL: number };
  incRef(dataId: object): void;
  executeSingleOutput(name: string, attributes: object[], inputs: tf.TensorInfo[]): tf.TensorInfo;
};

/** Above it the batched product is as fast, and faster on transposed weights. */
const FEW_ROWS = 16;

type Kernel = tf.KernelConfig['kernelFunc'];

let isDone = false;

/**
 * Makes two kernels of tfjs's native backend cheaper, with equal results but for the order of
 * additions. A model of a few million weights is bound by the number and the fixed cost of its calls,
 * not by arithmetic.
 */
export function replaceTensorflowKernels(): void {
  if (isDone) return;
  isDone = true;
  replace('Cast', castOrShare);
  replace('BatchMatMul', product);
}

function replace(kernelName: string, make: (original: Kernel) => Kernel): void {
  const config = tf.getKernel(kernelName, 'tensorflow');
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({ ...config, kernelFunc: make(config.kernelFunc) });
}

/** A cast to the type that a tensor has already shares its values: gradients of sums ask for many. */
function castOrShare(original: Kernel): Kernel {
  return (call) => {
    const x = call.inputs.x as tf.TensorInfo;
    const { dtype } = call.attrs as unknown as { dtype: tf.DataType };
    if (x.dtype !== dtype) return original(call);
    (call.backend as NativeBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  };
}

/** Products of few rows by TensorFlow's plain MatMul: a third of the batched one's time. */
function product(original: Kernel): Kernel {
  return (call) => {
    const [a, b] = [call.inputs.a, call.inputs.b] as [tf.TensorInfo, tf.TensorInfo];
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const rows = a.shape[transposeA ? 1 : 0] as number;
    const isPlain = a.shape.length === 2 && b.shape.length === 2 && rows <= FEW_ROWS;
    if (!isPlain || a.dtype !== 'float32' || b.dtype !== 'float32') return original(call);
    const backend = call.backend as NativeBackend;
    const { TF_FLOAT, TF_ATTR_TYPE, TF_ATTR_BOOL } = backend.binding;
    const attributes = [
      { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: 'transpose_a', type: TF_ATTR_BOOL, value: transposeA },
      { name: 'transpose_b', type: TF_ATTR_BOOL, value: transposeB },
    ];
    return backend.executeSingleOutput('MatMul', attributes, [a, b]);
  };
}
