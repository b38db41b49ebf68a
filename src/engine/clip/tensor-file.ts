import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { BYTES_OF, widen } from './number-formats.ts';

/** What a file says of one tensor. */
export type TensorEntry = { dtype: string; shape: number[] };

/** Tensors by name, read one at a time: a file is never in memory as a whole. */
export type TensorFile<Entry extends TensorEntry = TensorEntry> = {
  path: string;
  format: 'safetensors' | 'torch';
  entries: Map<string, Entry>;
  /** Words and numbers that stand beside the tensors. */
  metadata: Record<string, string>;
  /** The bytes of one tensor in row-major order, in its own number format. */
  readBytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** One tensor, widened to float32 (integers are read as their values). */
  read(name: string): Promise<Float32Array>;
  close(): Promise<void>;
};

/** What a reader of one format makes of an open file. */
export type TensorTable<Entry extends TensorEntry = TensorEntry> = Pick<
  TensorFile<Entry>,
  'format' | 'entries' | 'metadata'
> & { bytes(entry: Entry, name: string): Promise<Uint8Array<ArrayBuffer>> };

/** Opens a file, has its table read, and closes it again where that fails. */
export async function openWith<Entry extends TensorEntry>(
  path: string,
  readTable: (file: FileHandle, size: number) => Promise<TensorTable<Entry>>,
): Promise<TensorFile<Entry>> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new FaptError(
      'weights-missing',
      `There is no readable weight file at ${path}: check the path.`,
      { cause },
    );
  });
  try {
    return tensorFile(file, path, await readTable(file, (await file.stat()).size));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function tensorFile<Entry extends TensorEntry>(
  file: FileHandle,
  path: string,
  { format, entries, metadata, bytes }: TensorTable<Entry>,
): TensorFile<Entry> {
  const readBytes = async (name: string) => {
    const entry = entries.get(name);
    if (entry) return bytes(entry, name);
    throw new FaptError('tensor-missing', `${basename(path)} has no tensor "${name}".`);
  };
  const read = async (name: string) => {
    const raw = await readBytes(name);
    const dtype = entries.get(name)?.dtype ?? '';
    const values = widen(raw, dtype);
    if (values) return values;
    throw new FaptError(
      'dtype-unsupported',
      `${basename(path)} holds "${name}" as ${dtype}, which is not supported: convert the file to F32, F16 or BF16.`,
    );
  };
  return { path, format, entries, metadata, readBytes, read, close: () => file.close() };
}

/** @param position byte of the file where reading went wrong, where one can be named */
export function damaged(
  path: string,
  why: string,
  { kind = 'safetensors', position }: { kind?: string; position?: number } = {},
): FaptError {
  const where = position === undefined ? '' : ` at byte ${position}`;
  return new FaptError(
    'weights-damaged',
    `${basename(path)} is not a complete ${kind} file${where}: ${why}. Fetch the file again (${path}).`,
  );
}

/** Reads `length` bytes at `position`, all of them. */
export async function readRange(
  file: FileHandle,
  path: string,
  position: number,
  length: number,
  kind?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    // One read is limited to 2 GiB - 1 by the system.
    const part = Math.min(length - done, 1 << 30);
    const { bytesRead } = await file.read(bytes, done, part, position + done);
    if (bytesRead === 0) {
      throw damaged(path, `it ends there, ${length - done} bytes early`, {
        kind,
        position: position + done,
      });
    }
    done += bytesRead;
  }
  return bytes;
}

/** Bytes a tensor of this shape takes; null where its number format is unknown. */
export function byteLength(dtype: string, shape: readonly number[]): number | null {
  const width = BYTES_OF[dtype];
  return width === undefined ? null : shape.reduce((a, b) => a * b, width);
}

/** Whether there is a file at `path`. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    (s) => s.isFile(),
    () => false,
  );
}
