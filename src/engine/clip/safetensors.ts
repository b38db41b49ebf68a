import type { FileHandle } from 'node:fs/promises';
import { writeAtomically } from '../write-atomically.ts';
import type { TensorTable } from './tensor-file.ts';
import { byteLength, damaged, openWith, readRange, type TensorFile } from './tensor-file.ts';

/** One tensor of a safetensors file; `begin` and `end` count from the end of the header. */
export type SafetensorsEntry = { dtype: string; shape: number[]; begin: number; end: number };

/**
 * Real CLIP headers are below 100 kB. The format itself allows 100 MB, which would become several
 * hundred in memory.
 */
const LARGEST_HEADER = 16_000_000;

/**
 * Opens a safetensors file and checks its whole header before any tensor is read.
 *
 * @throws FaptError `weights-missing`, `weights-damaged` with the byte where it stops making sense
 */
export async function openSafetensors(path: string): Promise<TensorFile<SafetensorsEntry>> {
  return openWith(path, (file, size) => readSafetensors(file, path, size));
}

/** The table of tensors of an open safetensors file. */
export async function readSafetensors(
  file: FileHandle,
  path: string,
  size: number,
): Promise<TensorTable<SafetensorsEntry>> {
  const { header, dataStart } = await readHeader(file, path, size);
  const { entries, metadata } = checkHeader(header, path, dataStart, size);
  return {
    format: 'safetensors',
    entries,
    metadata,
    bytes: ({ begin, end }) => readRange(file, path, dataStart + begin, end - begin),
  };
}

async function readHeader(file: FileHandle, path: string, size: number) {
  if (size < 8)
    throw damaged(path, `it has ${size} bytes, where the header alone needs more than 8`);
  const prefix = Buffer.from(await readRange(file, path, 0, 8));
  const length = Number(prefix.readBigUInt64LE());
  if (length > LARGEST_HEADER || length + 8 > size) {
    throw damaged(
      path,
      `its header claims ${length} bytes and the file has ${size}${looksLike(prefix)}`,
    );
  }
  const bytes = await readRange(file, path, 8, length);
  return { header: parseHeader(Buffer.from(bytes), path), dataStart: 8 + length };
}

/** What people take for weights by mistake. */
function looksLike(prefix: Buffer): string {
  const text = prefix.toString('latin1');
  if (text.startsWith('PK')) return ' (it looks like a PyTorch .pt file)';
  if (prefix[0] === 0x80) return ' (it looks like a Python pickle that torch.save did not write)';
  if (text.startsWith('version '))
    return ' (it looks like a Git LFS pointer: fetch the file itself)';
  if (/^\s*[<{]/.test(text)) return ' (it looks like a web page or JSON: the download went wrong)';
  return '';
}

function parseHeader(bytes: Buffer, path: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8'));
  } catch {
    header = null;
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
    return header as Record<string, unknown>;
  }
  throw damaged(path, 'its header is not a JSON object', { position: 8 });
}

function checkHeader(
  header: Record<string, unknown>,
  path: string,
  dataStart: number,
  size: number,
) {
  const entries = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = (value ?? {}) as Record<string, string>;
    else entries.set(name, checkEntry(name, value, path, dataStart, size));
  }
  let position = 0;
  for (const entry of [...entries.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const at = { position: dataStart + entry.begin };
    if (entry.begin < position) throw damaged(path, 'two of its tensors overlap', at);
    position = entry.end;
  }
  return { entries, metadata };
}

function checkEntry(
  name: string,
  value: unknown,
  path: string,
  dataStart: number,
  size: number,
): SafetensorsEntry {
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
  const needed = byteLength(dtype, shape);
  if (needed !== null && end - begin !== needed) {
    const why = `"${name}" [${shape}] in ${dtype} needs ${needed} bytes and has ${end - begin}`;
    throw damaged(path, why, { position: dataStart + begin });
  }
  if (dataStart + end > size) {
    const why = `"${name}" goes on to byte ${dataStart + end} and the file has ${size}`;
    throw damaged(path, why, { position: size });
  }
  return { dtype, shape, begin, end };
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
  const streamed = Object.entries(tensors).map(([name, { shape, data }]) => ({
    name,
    shape,
    dtype: DTYPE_OF.get(data.constructor) ?? '',
    bytes: async () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  await streamSafetensors(path, streamed, metadata);
}

/** A tensor whose bytes are fetched when their turn comes. */
export type StreamedTensor = {
  name: string;
  shape: number[];
  dtype: string;
  bytes(): Promise<Uint8Array>;
};

/** The same with one tensor in memory at a time. @throws FaptError `disk-write`, and those of `bytes` */
export async function streamSafetensors(
  path: string,
  tensors: StreamedTensor[],
  metadata: Record<string, string> = {},
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let position = 0;
  for (const { name, shape, dtype } of tensors) {
    const end = position + (byteLength(dtype, shape) ?? 0);
    header[name] = { dtype, shape, data_offsets: [position, end] };
    position = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8 keep the numbers behind aligned, as the format's own writer does.
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield prefix;
    yield padded;
    for (const tensor of tensors) yield await tensor.bytes();
  }
  await writeAtomically(path, parts());
}
