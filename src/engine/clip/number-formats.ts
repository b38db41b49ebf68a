/** Bytes of one number in each format that safetensors and PyTorch files use. */
export const BYTES_OF: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/**
 * Exact widening to float32 (of F64 and I64, the nearest float32); null for a format that is not
 * supported.
 *
 * @param bytes aligned at the start of their buffer, as freshly read ones are
 */
export function widen(bytes: Uint8Array<ArrayBuffer>, dtype: string): Float32Array | null {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16': {
      const table = halfTable();
      return mapped(new Uint16Array(buffer), (half) => table[half] as number);
    }
    case 'BF16': {
      const words = new Uint16Array(buffer);
      const wide = new Uint32Array(words.length);
      for (let i = 0; i < words.length; i += 1) wide[i] = (words[i] as number) << 16;
      return new Float32Array(wide.buffer);
    }
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'I16':
      return Float32Array.from(new Int16Array(buffer));
    case 'I8':
      return Float32Array.from(new Int8Array(buffer));
    case 'U8':
    case 'BOOL':
      return Float32Array.from(bytes);
    default:
      return null;
  }
}

/** `Float32Array.from` with a function takes twenty times as long, which is ten seconds for a CLIP. */
function mapped(values: Uint16Array, change: (value: number) => number): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) result[i] = change(values[i] as number);
  return result;
}

let halves: Float32Array | null = null;

/** The value of each of the 65,536 halves. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half));
  return halves;
}

/** IEEE 754 half precision, subnormals and infinities included. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
