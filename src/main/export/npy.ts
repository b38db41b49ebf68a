import { npyHead } from './tensor-head.ts';

/** NumPy's array file of float32 values. */
export function npyBytes(values: Float32Array, shape: number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== values.length) {
    throw new RangeError(`shape [${shape}] holds ${count} values, not ${values.length}`);
  }
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([npyHead(shape), body]);
}
