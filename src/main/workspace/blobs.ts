import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { sha256OfBytes } from './hash.ts';

type BlobStore = { blobFolder: string };

/**
 * Where the content with this SHA-256 lies, whether it is there or not: `blobs/aa/HASH`.
 * Throws `blob-hash` for anything that is not a hash, so no path can be smuggled in.
 */
export function blobPath(store: BlobStore, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) {
    throw new FaptError('blob-hash', `"${hash}" is not a SHA-256: 64 hexadecimal digits are.`);
  }
  return join(store.blobFolder, hash.slice(0, 2), hash);
}

export function hasBlob(store: BlobStore, hash: string): boolean {
  return statSync(blobPath(store, hash), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Stores content under its SHA-256 and answers that. A file appears whole or not at all. */
export function writeBlob(store: BlobStore, bytes: Uint8Array): string {
  const hash = sha256OfBytes(bytes);
  const target = blobPath(store, hash);
  if (statSync(target, { throwIfNoEntry: false })?.size === bytes.byteLength) return hash;
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.${randomBytes(6).toString('hex')}.partial`;
  try {
    writeFileSync(partial, bytes, { flush: true });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
  return hash;
}

/** The file of what was kept under a hash; null where nothing was, or it had to make room. */
export function keptBlob(store: BlobStore, hash: string | null | undefined): string | null {
  return hash && hasBlob(store, hash) ? blobPath(store, hash) : null;
}
