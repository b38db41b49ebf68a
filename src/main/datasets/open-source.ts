import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { FaptError } from '../../shared/errors.ts';
import { say } from '../../shared/sentence.ts';
import type { Database } from '../store/database.ts';
import type { DatasetProblem } from '../store/datasets.ts';
import { sha256OfFile } from '../workspace/hash.ts';
import { problem } from './problems.ts';
import { unpackZip } from './unpack-zip.ts';

/** Where a dataset is read from; what was unpacked for it goes when it is not kept. */
export type Source = {
  path: string;
  format: string;
  /** The archive it came from, and its name without ending; null for files and folders. */
  archive: string | null;
  name: string | null;
  /** What unpacking it showed. */
  problems: DatasetProblem[];
  /** An error that names the archive, and not a folder that will be gone. */
  told(error: unknown): unknown;
  /** The dataset was stored: what was unpacked stays. */
  keep(): void;
  close(): void;
};

type SourceOptions = {
  path: string;
  format?: string | undefined;
  dryRun?: boolean | undefined;
  signal?: AbortSignal | undefined;
};

/**
 * A file or folder as it is; a zip unpacked, into the workspace's `datasets/HASH` (for a dry run into a
 * folder that goes away). Throws `zip-*`, `dataset-format`.
 */
export async function openSource(db: Database | null, options: SourceOptions): Promise<Source> {
  const path = resolve(options.path);
  const format = options.format ?? 'auto';
  const isZip = extname(path).toLowerCase() === '.zip';
  if (!isZip && format === 'zip') {
    throw new FaptError(
      'dataset-format',
      `${path} does not end in .zip: give an archive that does.`,
    );
  }
  if (!isZip || !existsSync(path)) {
    const asItIs = { path, format, archive: null, name: null, problems: [] };
    return { ...asItIs, told: (error) => error, keep() {}, close() {} };
  }
  const { folder, temporary } = await targetFolder(db, path, options.dryRun ?? false);
  let kept = existsSync(folder);
  const close = () => {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
    else if (!kept) rmSync(folder, { recursive: true, force: true });
  };
  let guessed: string | null = null;
  try {
    if (!kept) guessed = await unpackZip(path, folder, options);
  } catch (error) {
    close();
    throw error;
  }
  return {
    path: folder,
    format: format === 'zip' ? 'auto' : format,
    archive: path,
    name: basename(path, extname(path)),
    problems: guessed === null ? [] : [guessedNames(path, guessed)],
    told: (error) => renamed(error, folder, path),
    keep: () => {
      kept = true;
    },
    close,
  };
}

function guessedNames(archive: string, name: string): DatasetProblem {
  const message = say('problem.text-encoding.names', { name });
  return problem('text-encoding', basename(archive), message);
}

function renamed(error: unknown, folder: string, archive: string): unknown {
  if (!(error instanceof FaptError) || !error.message.includes(folder)) return error;
  const message = error.message.replaceAll(folder, archive);
  return new FaptError(error.code, message, { cause: error });
}

/** Beside the database, under the archive's own hash: the same one is unpacked once. */
async function targetFolder(
  db: Database | null,
  path: string,
  dryRun: boolean,
): Promise<{ folder: string; temporary: string | null }> {
  if (dryRun || db === null || db.memory) {
    if (!dryRun) throw new TypeError('a zip needs a workspace on disk to be unpacked into');
    const temporary = mkdtempSync(join(tmpdir(), 'fapt-zip-'));
    return { folder: join(temporary, 'unpacked'), temporary };
  }
  const datasets = join(dirname(db.name), 'datasets');
  mkdirSync(datasets, { recursive: true });
  return { folder: join(datasets, await sha256OfFile(path)), temporary: null };
}
