/**
 * Values JSON cannot carry, for the serializers at both ends of a pipe or socket: typed arrays
 * (which would arrive as plain objects) and infinities (which would arrive as null). Numbers below 20
 * belong to the library. Arrays travel as base64 of their bytes; every platform is little-endian.
 */
export const wireTypes = [
  typed(21, Float32Array, (bytes) => new Float32Array(bytes.buffer)),
  {
    type: 22,
    condition: (value: unknown) => value === Infinity || value === -Infinity,
    serialize: (value: unknown) => (value === Infinity ? 'Infinity' : '-Infinity'),
    deserialize: (text: unknown) => Number(text),
  },
  typed(23, Float64Array, (bytes) => new Float64Array(bytes.buffer)),
  typed(24, Uint8Array, (bytes) => bytes),
];

type Typed = Float32Array | Float64Array | Uint8Array;

function typed(
  type: number,
  kind: abstract new (...values: never[]) => Typed,
  revive: (bytes: Uint8Array<ArrayBuffer>) => Typed,
) {
  return {
    type,
    condition: (value: unknown) => value instanceof kind,
    serialize: (value: unknown) => toBase64(value as Typed),
    deserialize: (text: unknown) => revive(fromBase64(text as string)),
  };
}

/** Arguments that a call of a function can safely have. */
const CHUNK = 0x8000;

/** By `btoa`, which browsers and Node both have. */
function toBase64({ buffer, byteOffset, byteLength }: Typed): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let binary = '';
  for (let at = 0; at < byteLength; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
