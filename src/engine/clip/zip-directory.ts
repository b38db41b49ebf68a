import type { FileHandle } from 'node:fs/promises';
import { damaged, readRange } from './tensor-file.ts';

/** A file inside an archive, as its directory describes it. */
export type ZipEntry = {
  name: string;
  /** 0: stored as it is, the only kind whose bytes can be read in place. */
  method: number;
  encrypted: boolean;
  crc32: number;
  sizeBytes: number;
  /** Where its own header begins. */
  offset: number;
};

const KIND = 'PyTorch';
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end's own 22 bytes and the longest comment behind it. */
const LONGEST_END = 22 + 65_535;
/** Some hundred bytes an entry; a large model with its optimizer has some thousands of them. */
const LARGEST_DIRECTORY = 32 * 2 ** 20;
const FULL = 0xffffffff;

/**
 * The directory of a zip archive (APPNOTE 4.3), with 64-bit sizes. It is read in one piece and checked
 * against the file's length, so that nothing in it can make the reader wait, loop or allocate.
 *
 * @throws FaptError `weights-damaged` with the byte
 */
export async function readZipDirectory(
  file: FileHandle,
  path: string,
  size: number,
): Promise<Map<string, ZipEntry>> {
  const { begin, length, count } = await findDirectory(file, path, size);
  const broken = (position: number) =>
    damaged(path, 'its directory makes no sense', { kind: KIND, position });
  if (length > LARGEST_DIRECTORY || begin + length > size) throw broken(Math.min(begin, size));
  const bytes = Buffer.from((await readRange(file, path, begin, length, KIND)).buffer);
  const entries = new Map<string, ZipEntry>();
  let position = 0;
  for (let i = 0; i < count; i += 1) {
    const parsed = parseEntry(bytes, position);
    if (!parsed || parsed.entry.offset + parsed.entry.sizeBytes > size) {
      throw broken(begin + position);
    }
    entries.set(parsed.entry.name, parsed.entry);
    position = parsed.end;
  }
  return entries;
}

/** Where an entry's bytes begin, behind its own header. @throws FaptError `weights-damaged` */
export async function startOfEntry(
  file: FileHandle,
  path: string,
  { name, offset }: ZipEntry,
): Promise<number> {
  const header = Buffer.from((await readRange(file, path, offset, 30, KIND)).buffer);
  if (header.readUInt32LE(0) === LOCAL) {
    return offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  }
  const why = `"${name}" is not where its directory says`;
  throw damaged(path, why, { kind: KIND, position: offset });
}

async function findDirectory(file: FileHandle, path: string, size: number) {
  const length = Math.min(size, LONGEST_END);
  const tail = Buffer.from((await readRange(file, path, size - length, length, KIND)).buffer);
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(END);
  const at = tail.lastIndexOf(mark, tail.length - 22);
  if (at < 0 || tail.length < 22) {
    throw damaged(path, 'the directory at its end is missing', { kind: KIND, position: size });
  }
  const end = tail.subarray(at);
  const isLong = at >= 20 && tail.readUInt32LE(at - 20) === LOCATOR_64;
  if (isLong) return findLongDirectory(file, path, size, Number(tail.readBigUInt64LE(at - 12)));
  return {
    count: end.readUInt16LE(10),
    length: end.readUInt32LE(12),
    begin: end.readUInt32LE(16),
  };
}

async function findLongDirectory(file: FileHandle, path: string, size: number, position: number) {
  const at = { kind: KIND, position: Math.min(position, size) };
  const broken = () => damaged(path, 'its directory makes no sense', at);
  if (position > size) throw broken();
  const end = Buffer.from((await readRange(file, path, position, 56, KIND)).buffer);
  if (end.readUInt32LE(0) !== END_64) throw broken();
  return {
    count: Number(end.readBigUInt64LE(32)),
    length: Number(end.readBigUInt64LE(40)),
    begin: Number(end.readBigUInt64LE(48)),
  };
}

/** The entry at `position` of the directory; null where there is none. */
function parseEntry(bytes: Buffer, position: number): { entry: ZipEntry; end: number } | null {
  if (position + 46 > bytes.length || bytes.readUInt32LE(position) !== CENTRAL) return null;
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) =>
    bytes.readUInt16LE(position + at),
  ) as [number, number, number];
  const nameEnd = position + 46 + nameLength;
  const end = nameEnd + extraLength + commentLength;
  if (end > bytes.length) return null;
  const long = longSizes(bytes.subarray(nameEnd, nameEnd + extraLength));
  // The 64-bit field holds only those of the numbers that do not fit, in this order.
  const number = (at: number) => {
    const short = bytes.readUInt32LE(position + at);
    return short === FULL ? (long.shift() ?? Number.NaN) : short;
  };
  const [sizeBytes, stored, offset] = [number(24), number(20), number(42)];
  const method = bytes.readUInt16LE(position + 10);
  if (![sizeBytes, stored, offset].every(Number.isSafeInteger)) return null;
  if (method === 0 && stored !== sizeBytes) return null;
  const entry = {
    name: bytes.toString('utf8', position + 46, nameEnd),
    method,
    encrypted: (bytes.readUInt16LE(position + 8) & 1) === 1,
    crc32: bytes.readUInt32LE(position + 16),
    sizeBytes,
    offset,
  };
  return { entry, end };
}

/** The numbers of the extra field for 64-bit sizes. */
function longSizes(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      const field = extra.subarray(at + 4, at + 4 + length);
      const count = Math.floor(field.length / 8);
      return Array.from({ length: count }, (_, i) => Number(field.readBigUInt64LE(8 * i)));
    }
    at += 4 + length;
  }
  return [];
}
