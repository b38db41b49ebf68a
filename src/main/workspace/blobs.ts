import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FaptError } from '../../shared/errors.ts';

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

/** The file of what was kept under a hash; null where nothing was, or it had to make room. */
export function keptBlob(store: BlobStore, hash: string | null | undefined): string | null {
  return hash && hasBlob(store, hash) ? blobPath(store, hash) : null;
}
