import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { FaptError, messageOf } from '../../shared/errors.ts';
import { causeMessage, isUnreachable, type Network, offline, refusedAnswer } from './network.ts';

/** A checksum as a hub gives it: SHA-256, or that of git for a small file. */
export type Checksum = { kind: 'sha256' | 'git-sha1'; value: string };

export type RemoteFile = {
  url: string;
  sizeBytes: number;
  /** Null where nobody promises any; then only the size is checked. */
  checksum: Checksum | null;
  /** What names this very content where there is no checksum (an ETag). */
  tag: string | null;
};

export type DownloadOptions = {
  signal: AbortSignal;
  /** Bytes of this file that are on the disk. */
  onBytes(done: number): void;
  network: Network;
};

/**
 * Fetches a file to `target`. It grows beside it as `NAME.KEY.part`, whose key belongs to this very
 * content: what a broken connection or a stop leaves is gone on with by the next call, and never taken
 * for the file, which gets its name when its size and checksum are right.
 *
 * @throws FaptError `offline`, `download-*`, `checksum-mismatch`, `stopped`, `disk-write`
 */
export async function downloadFile(
  file: RemoteFile,
  target: string,
  options: DownloadOptions,
): Promise<void> {
  if ((await sizeOf(target)) === file.sizeBytes) {
    options.onBytes(file.sizeBytes);
    return;
  }
  const part = partOf(file, target);
  await onDisk(target, () => mkdir(dirname(target), { recursive: true }));
  let [attempt, before] = [0, await sizeOf(part)];
  while ((await sizeOf(part)) !== file.sizeBytes) {
    const error = await attemptDownload(file, part, options).catch((cause: unknown) => cause);
    const now = await sizeOf(part);
    if (now === file.sizeBytes) break;
    if (options.signal.aborted) throw stopped(file, now);
    if (error instanceof FaptError && !RETRIED.has(error.code)) throw error;
    if (isUnreachable(error)) throw offline(file.url, error);
    attempt = now > before ? 0 : attempt + 1;
    before = now;
    if (attempt >= options.network.attempts) throw givenUp(file, now, error);
    await delay(options.network.pauseMs(attempt), undefined, { signal: options.signal }).catch(
      () => {
        throw stopped(file, now);
      },
    );
  }
  await requireChecksum(file, part);
  await onDisk(target, () => rename(part, target));
}

/** A busy server or a dropped connection: what is worth another attempt. */
const RETRIED = new Set(['download-failed', 'download-dropped']);

/** Bytes that are there already of a file that is still to come. */
export async function bytesThere(file: RemoteFile, target: string): Promise<number> {
  const whole = await sizeOf(target);
  return whole === file.sizeBytes
    ? whole
    : Math.min(await sizeOf(partOf(file, target)), file.sizeBytes);
}

function partOf({ url, sizeBytes, checksum, tag }: RemoteFile, target: string): string {
  const content = checksum?.value ?? `${url} ${sizeBytes} ${tag ?? ''}`;
  return `${target}.${createHash('sha256').update(content).digest('hex').slice(0, 12)}.part`;
}

/** One request, from where the part ends; every byte of an answer is kept as it comes. */
async function attemptDownload(
  file: RemoteFile,
  part: string,
  { signal, onBytes, network }: DownloadOptions,
): Promise<void> {
  const have = await sizeOf(part);
  if (have > file.sizeBytes) await rm(part, { force: true });
  const from = have > file.sizeBytes ? 0 : have;
  const stalled = new AbortController();
  const stall = () => stalled.abort(dropped(file.url, 'it sends nothing any more'));
  let timer = setTimeout(stall, network.stallMs);
  try {
    const headers = from > 0 ? { range: `bytes=${from}-` } : undefined;
    const both = AbortSignal.any([signal, stalled.signal]);
    const response = await network.fetch(file.url, { headers, signal: both });
    const start = await startOf(response, file, from);
    const out = await onDisk(part, () => open(part, start === 0 ? 'w' : 'a'));
    try {
      let position = start;
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        timer = setTimeout(stall, network.stallMs);
        position += chunk.length;
        if (position > file.sizeBytes) throw tooLong(file);
        await writeAll(out, chunk, part);
        onBytes(position);
      }
      if (position < file.sizeBytes) throw dropped(file.url, 'it closed the connection');
    } finally {
      await out.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Where an answer's bytes begin: where we asked, or at 0 from a server that knows no ranges. */
async function startOf(response: Response, file: RemoteFile, from: number): Promise<number> {
  const fail = async (error: FaptError): Promise<never> => {
    await response.body?.cancel();
    throw error;
  };
  if (response.status === 416) return fail(tooLong(file));
  if (!response.ok) return fail(refusedAnswer(file.url, response.status));
  if (!response.body) return fail(dropped(file.url, 'its answer is empty'));
  if (response.status !== 206) return 0;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const total = range?.[2] === '*' ? file.sizeBytes : Number(range?.[2]);
  if (Number(range?.[1]) === from && total === file.sizeBytes) return from;
  return fail(tooLong(file));
}

async function writeAll(out: FileHandle, chunk: Uint8Array, part: string): Promise<void> {
  await onDisk(part, async () => {
    for (let done = 0; done < chunk.length; ) {
      done += (await out.write(chunk, done)).bytesWritten;
    }
  });
}

async function requireChecksum({ url, sizeBytes, checksum }: RemoteFile, part: string) {
  if (checksum === null) return;
  const hash = createHash(checksum.kind === 'sha256' ? 'sha256' : 'sha1');
  // Git names a file by the hash of its length and its bytes.
  if (checksum.kind === 'git-sha1') hash.update(`blob ${sizeBytes}\0`);
  await pipeline(createReadStream(part), hash);
  const found = hash.digest('hex');
  if (found === checksum.value) return;
  await rm(part, { force: true });
  throw new FaptError(
    'checksum-mismatch',
    `${basename(new URL(url).pathname)} from ${new URL(url).host} has the checksum ${found} where ${checksum.value} was promised, so it was thrown away: try again, or choose another mirror.`,
  );
}

function dropped(url: string, why: string): FaptError {
  return new FaptError('download-dropped', `The connection to ${new URL(url).host} broke (${why})`);
}

/** The server has another file than the one that was announced. */
function tooLong({ url, sizeBytes }: RemoteFile): FaptError {
  return new FaptError(
    'checksum-mismatch',
    `${url} has another length than the ${sizeBytes} bytes that were announced: try again, or choose another mirror.`,
  );
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function stopped({ sizeBytes }: RemoteFile, have: number): FaptError {
  return new FaptError(
    'stopped',
    `Stopped: ${megabytes(have)} of ${megabytes(sizeBytes)} are kept, and the same download goes on from there.`,
  );
}

function givenUp(file: RemoteFile, have: number, cause: unknown): FaptError {
  const why = causeMessage(cause).replace(/\.$/, '');
  return new FaptError(
    'download-failed',
    `The download of ${file.url} did not get through (${why}); ${megabytes(have)} of ${megabytes(file.sizeBytes)} are kept, and the same download goes on from there.`,
    { cause },
  );
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new FaptError(
      'disk-write',
      `${path} could not be written (${messageOf(cause)}): free some space or check the folder's permissions, then go on.`,
      { cause },
    );
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
