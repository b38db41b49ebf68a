import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { FaptError } from '../../shared/errors.ts';
import { requireWritable } from '../export/require-writable.ts';
import { latestCheckpoint } from '../store/checkpoints.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { run as execute } from '../store/statement.ts';
import { makeFolder } from '../workspace/make-folder.ts';
import { workspacePath } from '../workspace/paths.ts';
import { whyNotWritten } from '../workspace/why-not-written.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { BUNDLE_DATABASE, copyRows, elsewhere } from './bundled-rows.ts';

/**
 * Writes everything that is known of a run into one file: settings, curves, evaluations image by
 * image, notes, tags, the tuned prompts, and the lists of its dataset and the hash of its model, but
 * neither pictures nor weights, nor any path of this machine. The file is there as a whole or not at all.
 * @returns its size in bytes
 * @throws FaptError `run-unknown`, `run-busy`, `disk-write`
 */
export async function writeBundle(
  workspace: Workspace,
  idOrPrefix: string,
  file: string,
): Promise<number> {
  const found = getRun(workspace.db, idOrPrefix);
  if (found.status === 'running') {
    throw new FaptError('run-busy', `Run ${found.id} is being worked on: stop it first.`);
  }
  await requireWritable(file, 'file');
  const folder = await mkdtemp(join(tmpdir(), 'fapt-bundle-'));
  try {
    const database = join(folder, BUNDLE_DATABASE);
    copyRun(workspace.databaseFile, database, found);
    makeFolder(dirname(file));
    await zip(`${file}.partial`, [[BUNDLE_DATABASE, database], ...filesOf(workspace, found)]);
    await rename(`${file}.partial`, file);
    return (await stat(file)).size;
  } catch (cause) {
    // The first error is the one to tell.
    await rm(`${file}.partial`, { force: true }).catch(() => {});
    throw new FaptError(
      'disk-write',
      `${file} could not be written (${whyNotWritten(cause)}): free some space or check the folder's permissions, then go on.`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The newest checkpoint, by its path in the workspace. */
function filesOf(workspace: Workspace, { id }: RunRow): [string, string][] {
  const checkpoint = latestCheckpoint(workspace.db, id);
  return checkpoint ? [[checkpoint.path, workspacePath(workspace, checkpoint.path)]] : [];
}

function copyRun(source: string, target: string, { id, datasetId, modelId }: RunRow): void {
  const db = openDatabase(target);
  try {
    execute(db, 'ATTACH DATABASE ? AS workspace', source);
    const evaluations = 'SELECT id FROM workspace.evaluations WHERE run_id = :id';
    const datasets = `:datasetId UNION SELECT dataset_id FROM workspace.evaluations WHERE run_id = :id`;
    const copy = (table: string, where: string, instead?: Record<string, string>) => {
      const values = { id, datasetId, modelId };
      const used = Object.entries(values).filter(([name]) => where.includes(`:${name}`));
      const options = { from: 'workspace', to: 'main', where, instead };
      copyRows(db, table, { ...options, values: Object.fromEntries(used) });
    };
    db.transaction(() => {
      copy('models', 'id = :modelId', { path: elsewhere('path') });
      copy('datasets', `id IN (SELECT ${datasets})`, {
        source: elsewhere('source'),
        image_root: elsewhere('image_root'),
      });
      copy('images', `dataset_id IN (SELECT ${datasets})`);
      copy('runs', 'id = :id', { owner_pid: 'NULL' });
      copy('metrics', 'run_id = :id');
      copy('checkpoints', 'run_id = :id');
      copy('evaluations', 'run_id = :id', { owner_pid: 'NULL' });
      copy('outcomes', `evaluation_id IN (${evaluations})`, { perturbation: 'NULL' });
      copy('stability', `evaluation_id IN (${evaluations})`);
      copy('tags', 'run_id = :id');
      copy('tag_colors', 'tag IN (SELECT tag FROM workspace.tags WHERE run_id = :id)');
      copy('notes', 'run_id = :id');
      copy('warnings', `run_id = :id OR evaluation_id IN (${evaluations})`);
    })();
    compact(db);
  } finally {
    db.close();
  }
}

/** One file, without a log beside it. */
function compact(db: Database): void {
  db.exec('DETACH DATABASE workspace');
  db.pragma('journal_mode = DELETE');
}

async function zip(file: string, entries: [name: string, path: string][]): Promise<void> {
  const archive = new ZipFile();
  for (const [name, path] of entries) archive.addFile(path, name);
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(file));
}
