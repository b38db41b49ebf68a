/** NumPy's array file, version 1.0: magic, header length, header padded to 64 bytes, values. */
export function npyBytes(values: Float32Array, shape: number[]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== values.length) {
    throw new RangeError(`shape [${shape}] holds ${count} values, not ${values.length}`);
  }
  const tuple = `(${shape.map((size) => `${size},`).join(' ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const header = Buffer.alloc(10 + length, ' ');
  header.write('\x93NUMPY\x01\x00', 0, 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(text, 10, 'latin1');
  header.write('\n', header.length - 1, 'latin1');
  const body = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([header, body]);
}
