import { createHash } from 'node:crypto';
import type { FileServer } from './file-server.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
/** What git names a file of this content by. */
const gitHash = (bytes: Buffer) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Puts a repository on a server, answered for as the hub does; weights are large files. */
export function serveRepository(
  server: FileServer,
  name: string,
  commit: string,
  files: Record<string, Buffer>,
): void {
  const entries = Object.entries(files).map(([path, bytes]) => {
    server.files.set(`/${name}/resolve/${commit}/${path}`, bytes);
    const size = bytes.length;
    const isLarge = /\.(safetensors|bin)$/.test(path);
    const lfs = isLarge ? { lfs: { oid: sha256(bytes), size, pointerSize: 134 } } : {};
    return { type: 'file', path, size, oid: gitHash(bytes), ...lfs };
  });
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const info = { _id: '1', id: name, sha: commit, private: false, lastModified: '2024-01-01' };
  server.files.set(`/api/models/${name}/revision/main`, json(info));
  server.files.set(`/api/models/${name}/tree/${commit}`, json(entries));
}
