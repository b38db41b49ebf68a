import { close, createReadStream, fstatSync, openSync, read } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl';

/**
 * An archive on disk. A damaged directory may send the reader anywhere; a place outside the file is an
 * error of that read, where Node would throw past every promise.
 */
class ArchiveFile extends RandomAccessReader {
  readonly #file: number;
  readonly #size: number;

  constructor(file: number, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  #isInside(start: number, end: number): boolean {
    return Number.isSafeInteger(start) && start >= 0 && start <= end && end <= this.#size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    if (!this.#isInside(position, position + length)) {
      setImmediate(done, outside(position));
      return;
    }
    read(this.#file, buffer, offset, length, position, (error, count) => {
      done(error ?? (count < length ? outside(position) : null));
    });
  }

  override _readStreamForRange(start: number, end: number): Readable {
    if (!this.#isInside(start, end)) throw outside(start);
    const own = { fd: this.#file, fs: { read, close: staysOpen } };
    return createReadStream('', { ...own, start, end: end - 1 });
  }

  override close(done: (error: Error | null) => void): void {
    close(this.#file, done);
  }
}

/** A stream closes its file when it ends; this one is the archive's, for all of its streams. */
function staysOpen(_file: number, done: (error: Error | null) => void): void {
  done(null);
}

function outside(position: number): Error {
  return new Error(`its directory points to byte ${position}, which is outside the file`);
}

const open = promisify<RandomAccessReader, number, object, ZipFile>(fromRandomAccessReader);

/** Opens a zip archive; the caller closes it. Rejects where it is no archive or damaged. */
export async function openZip(path: string): Promise<ZipFile> {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  const archive = new ArchiveFile(file, size);
  try {
    return await open(archive, size, { autoClose: false, decodeStrings: false, lazyEntries: true });
  } catch (error) {
    archive.close(() => {});
    throw error;
  }
}
