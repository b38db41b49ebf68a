import type { TensorFormat } from '../../shared/api/export.ts';

/**
 * What stands before the values of a file that holds one float32 tensor, so that values can be appended
 * as they are made.
 * @param name of the tensor in a safetensors file
 */
export function tensorHead(format: TensorFormat, name: string, shape: readonly number[]): Buffer {
  return format === 'npy' ? npyHead(shape) : safetensorsHead(name, shape);
}

/** NumPy's array file, version 1.0: magic, header length, header padded to 64 bytes. */
export function npyHead(shape: readonly number[]): Buffer {
  const tuple = `(${shape.map((size) => `${size},`).join(' ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const head = Buffer.alloc(10 + length, ' ');
  head.write('\x93NUMPY\x01\x00', 0, 'latin1');
  head.writeUInt16LE(length, 8);
  head.write(text, 10, 'latin1');
  head.write('\n', head.length - 1, 'latin1');
  return head;
}

/** The length of a JSON header as 64 bits, then the header, padded by spaces to 8 bytes. */
function safetensorsHead(name: string, shape: readonly number[]): Buffer {
  const bytes = 4 * shape.reduce((product, size) => product * size, 1);
  const text = JSON.stringify({ [name]: { dtype: 'F32', shape, data_offsets: [0, bytes] } });
  const length = Math.ceil(text.length / 8) * 8;
  const head = Buffer.alloc(8 + length, ' ');
  head.writeBigUInt64LE(BigInt(length), 0);
  head.write(text, 8, 'latin1');
  return head;
}
