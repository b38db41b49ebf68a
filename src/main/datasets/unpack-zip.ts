import {
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { isInside } from '../workspace/paths.ts';
import { openZip } from './open-zip.ts';
import { isJunk } from './readers/walk-pictures.ts';
import { notUnpacked, safeName } from './zip-names.ts';

/** Pictures hardly shrink; what unpacks to far more than this is a bomb. */
const MOST_RATIO = 100;
/** Small archives of text or flat pictures may shrink more. */
const ALWAYS_ALLOWED_BYTES = 256 * 2 ** 20;
const MOST_ENTRIES = 5_000_000;
/** Room that is left on the disk, whatever is unpacked. */
const SPARE_BYTES = 512 * 2 ** 20;

/** Stored as it is, and deflated: what every program writes, and all that is read here. */
const METHODS: ReadonlySet<number> = new Set([0, 8]);

/**
 * Unpacks a zip into a new folder `target`, which is there afterwards as a whole or not at all. Nothing
 * leaves the folder: absolute paths, `..`, drive letters and links are refused. What systems leave in
 * archives is passed over. Answers the first name whose letters had to be guessed, or null. Throws
 * `zip-broken`, `zip-unsafe`, `zip-too-large`.
 */
export async function unpackZip(
  file: string,
  target: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<string | null> {
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  let zip: ZipFile | null = null;
  try {
    zip = await openZip(file);
    const { entries, guessed } = await readEntries(file, zip);
    mkdirSync(partial, { recursive: true });
    refuseSize(file, entries, partial);
    await writeEntries(file, zip, entries, partial, options.signal);
    if (!existsSync(target)) renameSync(partial, target);
    return guessed;
  } catch (error) {
    if (error instanceof FaptError || options.signal?.aborted) throw error;
    throw new FaptError(
      'zip-broken',
      `${file} cannot be unpacked (${messageOf(error)}): get the archive again.`,
      { cause: error },
    );
  } finally {
    zip?.close();
    rmSync(partial, { recursive: true, force: true });
  }
}

type Entries = { entries: Map<string, Entry>; guessed: string | null };

/** The files worth unpacking, by name, all of them safe. */
async function readEntries(file: string, zip: ZipFile): Promise<Entries> {
  const entries = new Map<string, Entry>();
  let guessed: string | null = null;
  for await (const entry of zip.eachEntry()) {
    const { name, isGuess } = safeName(file, entry);
    if (name.endsWith('/') || name.split('/').some(isJunk)) continue;
    if (entry.isEncrypted()) throw notUnpacked(file, name, 'is encrypted, so unpack it yourself');
    if (!METHODS.has(entry.compressionMethod)) {
      const how = `is packed by method ${entry.compressionMethod}, which is not read here, so unpack it yourself`;
      throw notUnpacked(file, name, how);
    }
    if (entries.has(name)) throw notUnpacked(file, name, 'is there twice');
    entries.set(name, entry);
    if (isGuess) guessed ??= name;
    if (entries.size > MOST_ENTRIES) throw tooLarge(file, `more than ${MOST_ENTRIES} files`);
  }
  return { entries, guessed };
}

function refuseSize(file: string, entries: ReadonlyMap<string, Entry>, folder: string): void {
  let bytes = 0;
  for (const { uncompressedSize } of entries.values()) bytes += uncompressedSize;
  const packed = statSync(file).size;
  const megabytes = Math.round(bytes / 2 ** 20);
  if (bytes > Math.max(ALWAYS_ALLOWED_BYTES, packed * MOST_RATIO)) {
    throw tooLarge(file, `${megabytes} MB, over ${MOST_RATIO} times its own size`);
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bytes + SPARE_BYTES > bavail * bsize) {
    throw tooLarge(file, `${megabytes} MB, for which ${folder} has no room`);
  }
}

async function writeEntries(
  file: string,
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [name, entry] of entries) {
    signal?.throwIfAborted();
    const path = join(folder, name);
    if (!isInside(folder, path)) throw notUnpacked(file, name, 'leads out of its folder');
    // A stream that yields more or fewer bytes than its entry promises ends in an error.
    const bytes = await zip.openReadStreamPromise(entry);
    try {
      mkdirSync(dirname(path), { recursive: true });
      const target = createWriteStream(path, { flags: 'wx' });
      await pipeline(bytes, (parts) => verified(parts, name, entry.crc32), target, { signal });
    } catch (error) {
      throw notWritten(file, name, error);
    }
  }
}

/** The same bytes; an error at their end where they are not those that were packed. */
async function* verified(
  parts: AsyncIterable<Buffer>,
  name: string,
  expected: number,
): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const part of parts) {
    sum = crc32(part, sum);
    yield part;
  }
  if (sum !== expected) throw new Error(`the checksum of "${name}" is wrong`);
}

/** What keeps a file from the disk, though nothing is wrong with the archive. */
const NOT_WRITTEN: Record<string, string> = {
  ENAMETOOLONG: 'has a name that is too long for this disk, so unpack it yourself',
  EEXIST: 'has the name of another, but for its case or for being a folder, so unpack it yourself',
  ENOTDIR: 'lies in a folder that is a file as well, so unpack it yourself',
};

function notWritten(file: string, name: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOSPC') return tooLarge(file, 'more than the disk has room for');
  const what = NOT_WRITTEN[code];
  return what === undefined ? error : notUnpacked(file, name, what);
}

function tooLarge(file: string, what: string): FaptError {
  return new FaptError('zip-too-large', `${file} was not unpacked: it would become ${what}.`);
}
