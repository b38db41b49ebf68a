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
import { type Entry, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { isInside } from '../workspace/paths.ts';
import { openZip } from './open-zip.ts';
import { isJunk } from './readers/walk-pictures.ts';

/** Pictures hardly shrink; what unpacks to far more than this is a bomb. */
const MOST_RATIO = 100;
/** Small archives of text or flat pictures may shrink more. */
const ALWAYS_ALLOWED_BYTES = 256 * 2 ** 20;
const MOST_ENTRIES = 5_000_000;
/** Room that is left on the disk, whatever is unpacked. */
const SPARE_BYTES = 512 * 2 ** 20;

const LINK_MODE = 0o120000;
const TYPE_MASK = 0o170000;

/**
 * Unpacks a zip into a new folder `target`, which is there afterwards as a whole or not at all. Nothing
 * leaves the folder: absolute paths, `..`, drive letters and links are refused. What systems leave in
 * archives is passed over. Throws `zip-broken`, `zip-unsafe`, `zip-too-large`.
 */
export async function unpackZip(
  file: string,
  target: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  let zip: ZipFile | null = null;
  try {
    zip = await openZip(file);
    const entries = await readEntries(file, zip);
    mkdirSync(partial, { recursive: true });
    refuseSize(file, entries, partial);
    await writeEntries(file, zip, entries, partial, options.signal);
    if (!existsSync(target)) renameSync(partial, target);
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

/** The files worth unpacking, by name, all of them safe. */
async function readEntries(file: string, zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    const name = safeName(file, entry);
    if (name.endsWith('/') || name.split('/').some(isJunk)) continue;
    if (entry.isEncrypted()) throw unsafe(file, name, 'is encrypted, so unpack it yourself');
    if (entries.has(name)) throw unsafe(file, name, 'is there twice');
    entries.set(name, entry);
    if (entries.size > MOST_ENTRIES) throw tooLarge(file, `more than ${MOST_ENTRIES} files`);
  }
  return entries;
}

/** Names may be written on Windows; a name that leads anywhere but below the target is refused. */
function safeName(file: string, entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  const raw = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  const name = raw.replaceAll('\\', '/');
  const parts = name.split('/');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name))
    throw unsafe(file, name, 'is an absolute path');
  if (parts.includes('..') || name.includes('\0'))
    throw unsafe(file, name, 'leads out of its folder');
  const mode = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  if (mode === LINK_MODE) throw unsafe(file, name, 'is a link');
  return parts
    .filter((part, at) => at === parts.length - 1 || (part !== '' && part !== '.'))
    .join('/');
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
    if (!isInside(folder, path)) throw unsafe(file, name, 'leads out of its folder');
    mkdirSync(dirname(path), { recursive: true });
    // A stream that yields more or fewer bytes than its entry promises ends in an error.
    const bytes = await zip.openReadStreamPromise(entry);
    await pipeline(bytes, createWriteStream(path, { flags: 'wx' }), { signal });
  }
}

function unsafe(file: string, name: string, what: string): FaptError {
  return new FaptError('zip-unsafe', `${file} was not unpacked: "${name}" in it ${what}.`);
}

function tooLarge(file: string, what: string): FaptError {
  return new FaptError('zip-too-large', `${file} was not unpacked: it would become ${what}.`);
}
