import * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs's WebAssembly backend that a kernel written in JavaScript needs. */
type WasmMemory = {
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array | Int32Array;
};

type SegmentInputs = { x: tf.TensorInfo; segmentIds: tf.TensorInfo };

/**
 * Adds the one kernel that the engine's gradients need and tfjs's WebAssembly backend lacks: the
 * gradient of `gather` sums rows by index (`UnsortedSegmentSum`).
 */
export function registerWasmKernels(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) =>
      unsortedSegmentSum(
        inputs as unknown as SegmentInputs,
        backend as WasmMemory,
        (attrs as unknown as { numSegments: number }).numSegments,
      ),
  });
}

/** x `[rows, ...]`, segmentIds `[rows]` -> `[numSegments, ...]`; negative ids are dropped. */
function unsortedSegmentSum(
  { x, segmentIds }: SegmentInputs,
  memory: WasmMemory,
  numSegments: number,
): tf.TensorInfo {
  const output = memory.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
  // Views are taken after the output is made, since making it may move the heap.
  const [sums, ids, values] = [output, segmentIds, x].map((t) => memory.typedArrayFromHeap(t));
  if (!sums || !ids || !values) throw new Error('UnsortedSegmentSum without its inputs');
  const width = x.shape.slice(1).reduce((product, size) => product * size, 1);
  sums.fill(0);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] ?? -1;
    if (segment < 0 || segment >= numSegments) continue;
    for (let i = 0; i < width; i++) {
      const at = segment * width + i;
      sums[at] = (sums[at] ?? 0) + (values[row * width + i] ?? 0);
    }
  }
  return output;
}
