import { Buffer } from 'node:buffer';

/**
 * Values JSON cannot carry, for the serializers at both ends of a pipe: typed arrays (which would
 * arrive as plain objects) and infinities (which would arrive as null). Numbers below 20 belong to
 * the library.
 */
export const wireTypes = [
  {
    type: 21,
    condition: (value: unknown) => value instanceof Float32Array,
    /** Base64 of the array's bytes; every platform the engine runs on is little-endian. */
    serialize: (value: unknown) => {
      const array = value as Float32Array;
      return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
    },
    deserialize: (text: unknown) => {
      const bytes = Uint8Array.from(Buffer.from(text as string, 'base64'));
      return new Float32Array(bytes.buffer);
    },
  },
  {
    type: 22,
    condition: (value: unknown) => value === Infinity || value === -Infinity,
    serialize: (value: unknown) => (value === Infinity ? 'Infinity' : '-Infinity'),
    deserialize: (text: unknown) => Number(text),
  },
];
