import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { writeAtomically } from '../write-atomically.ts';

/** One tensor of a safetensors file, as its header describes it. */
export type TensorEntry = { dtype: string; shape: number[]; begin: number; end: number };

export type SafetensorsFile = {
  path: string;
  entries: Map<string, TensorEntry>;
  metadata: Record<string, string>;
  /** Reads one tensor, widened to float32 (integers are read as their values). */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
};

const BYTES: Record<string, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  U8: 1,
  BOOL: 1,
};
/** Real CLIP headers are below 100 kB; the format itself allows 100 MB. */
const LARGEST_HEADER = 100_000_000;

function damaged(path: string, why: string): FaptError {
  return new FaptError(
    'weights-damaged',
    `${basename(path)} is not a complete safetensors file: ${why}. Fetch the file again (${path}).`,
  );
}

/**
 * Opens a safetensors file and checks its whole header before any tensor is read.
 *
 * @throws FaptError `weights-missing`, `weights-damaged` with the expected and the real size
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new FaptError(
      'weights-missing',
      `There is no readable weight file at ${path}: check the path.`,
      { cause },
    );
  });
  try {
    const size = (await file.stat()).size;
    const { header, dataStart } = await readHeader(file, path, size);
    const { entries, metadata } = checkHeader(header, path, size - dataStart);
    return {
      path,
      entries,
      metadata,
      read: (name) => readTensor(file, path, dataStart, name, entries.get(name)),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: FileHandle, path: string, size: number) {
  if (size < 8)
    throw damaged(path, `it has ${size} bytes, where the header alone needs more than 8`);
  const prefix = Buffer.alloc(8);
  await file.read(prefix, 0, 8, 0);
  const length = Number(prefix.readBigUInt64LE());
  if (length > LARGEST_HEADER || length + 8 > size) {
    const pickle =
      prefix.subarray(0, 2).toString('latin1') === 'PK'
        ? ' (it looks like a PyTorch .pt file)'
        : '';
    throw damaged(path, `its header claims ${length} bytes and the file has ${size}${pickle}`);
  }
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, 8);
  return { header: parseHeader(bytes.toString('utf8'), path), dataStart: 8 + length };
}

function parseHeader(json: string, path: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    header = null;
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
    return header as Record<string, unknown>;
  }
  throw damaged(path, 'its header is not a JSON object');
}

function checkHeader(header: Record<string, unknown>, path: string, dataSize: number) {
  const entries = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = (value ?? {}) as Record<string, string>;
    else entries.set(name, checkEntry(name, value, path, dataSize));
  }
  let position = 0;
  for (const entry of [...entries.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin < position) throw damaged(path, 'two of its tensors overlap');
    position = entry.end;
  }
  return { entries, metadata };
}

function checkEntry(name: string, value: unknown, path: string, dataSize: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isSize)) {
    throw damaged(path, `the header entry of "${name}" makes no sense`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw damaged(path, `the position of "${name}" makes no sense`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw damaged(path, `"${name}" ends before it begins`);
  const width = BYTES[dtype];
  const count = shape.reduce((a, b) => a * b, 1);
  if (width !== undefined && end - begin !== count * width) {
    throw damaged(
      path,
      `"${name}" [${shape}] in ${dtype} needs ${count * width} bytes and has ${end - begin}`,
    );
  }
  if (end > dataSize) {
    throw damaged(path, `"${name}" ends at byte ${end} of the data, which has ${dataSize}`);
  }
  return { dtype, shape, begin, end };
}

async function readTensor(
  file: FileHandle,
  path: string,
  dataStart: number,
  name: string,
  entry: TensorEntry | undefined,
): Promise<Float32Array> {
  if (!entry) throw new FaptError('tensor-missing', `${basename(path)} has no tensor "${name}".`);
  const bytes = new Uint8Array(entry.end - entry.begin);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, dataStart + entry.begin);
  if (bytesRead !== bytes.length) throw damaged(path, `"${name}" could not be read to its end`);
  const values = widen(bytes, entry.dtype);
  if (values) return values;
  throw new FaptError(
    'dtype-unsupported',
    `${basename(path)} holds "${name}" as ${entry.dtype}, which is not supported: convert the file to F32, F16 or BF16.`,
  );
}

/** Exact widening to float32; null for a number format that is not supported. */
function widen(bytes: Uint8Array, dtype: string): Float32Array | null {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfToFloat);
    case 'BF16': {
      const wide = Uint32Array.from(new Uint16Array(buffer), (half) => half << 16);
      return new Float32Array(wide.buffer);
    }
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'U8':
    case 'BOOL':
      return Float32Array.from(bytes);
    default:
      return null;
  }
}

/** IEEE 754 half precision, subnormals and infinities included. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const DTYPE_OF = new Map<unknown, string>([
  [Float32Array, 'F32'],
  [Int32Array, 'I32'],
  [Uint16Array, 'F16'],
]);

/** Uint16Array data is taken as half-precision bits. */
export type TensorData = { shape: number[]; data: Float32Array | Int32Array | Uint16Array };

/** Writes a safetensors file under a temporary name, then renames it: readers see all or nothing. */
export async function writeSafetensors(
  path: string,
  tensors: Record<string, TensorData>,
  metadata: Record<string, string> = {},
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let position = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const end = position + data.byteLength;
    header[name] = { dtype: DTYPE_OF.get(data.constructor), shape, data_offsets: [position, end] };
    position = end;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(
    json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8 + json.length - Buffer.byteLength(json)),
  );
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(text.length));
  const parts = Object.values(tensors).map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  await writeAtomically(path, Buffer.concat([prefix, text, ...parts]));
}

/** Whether there is a file at `path`. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    (s) => s.isFile(),
    () => false,
  );
}
