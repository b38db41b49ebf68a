import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import type { Folder } from '../../../shared/api/files.ts';
import { FaptError } from '../../../shared/errors.ts';
import type { AppHost } from '../app-host.ts';
import { keepUpload } from '../uploads.ts';
import { api } from './implementer.ts';

/** Endings of what can be imported by naming a file; a folder is imported by naming the folder. */
const IMPORTED = new Set([
  '.json',
  '.csv',
  '.tsv',
  '.jsonl',
  '.ndjson',
  '.txt',
  '.safetensors',
  '.pt',
  '.pth',
  '.bin',
  '.tar',
  '.zip',
]);

export function fileRoutes({ app }: AppHost) {
  return {
    list: api.files.list.handler(({ input }) => folderOf(input.folder ?? homedir())),
    upload: api.files.upload.handler(({ input }) => keepUpload(app.workspace, input)),
  };
}

/** Throws `folder-unreadable`. */
async function folderOf(asked: string): Promise<Folder> {
  const folder = resolve(asked);
  if (!isAbsolute(asked)) throw unreadable(asked, 'it must be named from the top');
  const found = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw unreadable(folder, (error as Error).message);
  });
  const parent = dirname(folder);
  const shown = found.filter(({ name }) => !name.startsWith('.'));
  const entries = await Promise.all(shown.map(({ name }) => entryOf(join(folder, name), name)));
  const kept = entries.filter((entry) => entry !== null);
  kept.sort((a, b) => byKind(a, b) || a.name.localeCompare(b.name, 'en', { numeric: true }));
  return { folder, parent: parent === folder ? null : parent, home: homedir(), entries: kept };
}

type Entry = Folder['entries'][number];

/** Null for what cannot be imported, and for links that lead nowhere. */
async function entryOf(path: string, name: string): Promise<Entry | null> {
  // Official repositories name their checkpoints `model.pth.tar-50`.
  const isNamed = IMPORTED.has(
    extname(name)
      .toLowerCase()
      .replace(/^\.tar-\d+$/, '.tar'),
  );
  const info = await stat(path).catch(() => null);
  if (info?.isDirectory()) return { name, path, kind: 'folder', sizeBytes: 0 };
  return info?.isFile() && isNamed ? { name, path, kind: 'file', sizeBytes: info.size } : null;
}

function byKind(a: Entry, b: Entry): number {
  return Number(a.kind === 'file') - Number(b.kind === 'file');
}

function unreadable(folder: string, why: string): FaptError {
  return new FaptError(
    'folder-unreadable',
    `The folder ${folder} cannot be read (${why}): choose another one.`,
  );
}
