import { describe, expect, it } from 'vitest';
import { npyBytes } from '../../../src/main/export/npy.ts';

describe('npyBytes', () => {
  it('writes the header NumPy reads, its length a multiple of 64, then the values', () => {
    const bytes = Buffer.from(npyBytes(new Float32Array([1, -2, 0.5]), [3, 1]));
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
    const length = bytes.readUInt16LE(8);
    expect((10 + length) % 64).toBe(0);
    const header = bytes.subarray(10, 10 + length).toString('latin1');
    expect(header.trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1,), }");
    expect(header.endsWith('\n')).toBe(true);
    const body = bytes.subarray(10 + length);
    expect([0, 4, 8].map((at) => body.readFloatLE(at))).toEqual([1, -2, 0.5]);
  });

  it('refuses a shape that does not fit', () => {
    expect(() => npyBytes(new Float32Array(3), [2, 2])).toThrow(RangeError);
  });
});
